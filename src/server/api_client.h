#pragma once

// The API from the other side, for the command line: requests as documents, problems as errors.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"

namespace sillar::server {

struct ApiAddress {
  std::string url;      // "http://127.0.0.1:7400"
  std::string token;    // Sent as a bearer token; empty: none.
  std::string ca_path;  // PEM of whom to trust; empty: the system's authorities.
};

struct ApiEvent {
  std::string id;
  std::string kind;
  std::string json;
};

// Errors of all calls, by what the server said: kNotFound, kInvalidInput (400), kDenied (401, 403),
// kRefused (422), kConflict (409, 412), kLimit (429, 503, 507); kIo where the server cannot be
// reached.
class ApiClient {
 public:
  // Errors (kInvalidInput): a URL that is none.
  [[nodiscard]] static Result<ApiClient> open(const ApiAddress& address);
  ~ApiClient();
  ApiClient(ApiClient&&) noexcept;
  ApiClient& operator=(ApiClient&&) noexcept;

  // `target` begins with '/'; see `escape`.
  [[nodiscard]] Result<Document> get(const std::string& target);
  // `key`: idempotency key; empty: none. An empty `body` sends none.
  [[nodiscard]] Result<Document> post(const std::string& target, std::string body,
                                      const std::string& key = {});
  [[nodiscard]] Result<Document> put(const std::string& target, std::string body,
                                     const std::string& key = {});
  [[nodiscard]] Result<Document> remove(const std::string& target, const std::string& key = {});
  // The body as it is.
  [[nodiscard]] Result<std::string> get_text(const std::string& target);
  // A body that goes on, piece by piece; in a silence an empty one now and then. Until the server
  // ends it or `use` returns false.
  [[nodiscard]] Status read_on(const std::string& target,
                               const std::function<bool(std::string_view)>& use);
  // Until the server ends it or `use` returns false. `after`: the id of the last event seen.
  // `use` is called with null now and then, in a silence.
  [[nodiscard]] Status listen(const std::string& target, const std::string& after,
                              const std::function<bool(const ApiEvent*)>& use);

 private:
  struct Parts;
  explicit ApiClient(std::unique_ptr<Parts> parts);
  [[nodiscard]] Result<std::string> send(std::string_view method, const std::string& target,
                                         std::string body, const std::string& key);

  std::unique_ptr<Parts> parts_;
};

// Percent-encoded, for a segment of a path or a value in a query.
[[nodiscard]] std::string escape(std::string_view text);
// A fresh key for a request that may be sent again: 128 bits of chance.
[[nodiscard]] std::string fresh_key();

}  // namespace sillar::server
