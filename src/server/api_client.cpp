#include "server/api_client.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>

#include "base/check.h"
#include "net/client.h"
#include "net/sse.h"

namespace sillar::server {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::kDenied;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    case 409:
    case 412:
      return ErrorCode::kConflict;
    case 422:
      return ErrorCode::kRefused;
    case 429:
    case 503:
    case 507:
      return ErrorCode::kLimit;
    default:
      return status >= 500 ? ErrorCode::kInternal : ErrorCode::kInvalidInput;
  }
}

// The detail of a problem, or whatever the server sent instead.
Error error_of(int status, const std::string& body) {
  const auto document = parse_document("answer", body);
  const Value* detail = document ? document->root.find("detail") : nullptr;
  std::string message = detail != nullptr ? detail->scalar
                                          : fmt::format("the server answered {} {}", status,
                                                        net::reason_phrase(status));
  return {code_of(status), std::move(message)};
}

}  // namespace

struct ApiClient::Parts {
  net::Url url;
  std::string token;
  net::Client client;

  [[nodiscard]] std::vector<net::Header> headers() const {
    std::vector<net::Header> out;
    if (!token.empty()) out.push_back({"Authorization", "Bearer " + token});
    return out;
  }
};

ApiClient::ApiClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ApiClient::~ApiClient() = default;
ApiClient::ApiClient(ApiClient&&) noexcept = default;
ApiClient& ApiClient::operator=(ApiClient&&) noexcept = default;

Result<ApiClient> ApiClient::open(const ApiAddress& address) {
  SILLAR_TRY(url, net::parse_url(address.url));
  net::ClientOptions options;
  options.ca_path = address.ca_path;
  auto parts = std::make_unique<Parts>(
      Parts{std::move(url), address.token, net::Client(std::move(options))});
  return ApiClient(std::move(parts));
}

Result<std::string> ApiClient::send(std::string_view method, const std::string& target,
                                    std::string body, const std::string& key) {
  net::ClientRequest request;
  request.method = method;
  request.headers = parts_->headers();
  if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  SILLAR_TRY(response, parts_->client.send(parts_->url.at(target), request));
  if (response.status >= 400) return tl::unexpected(error_of(response.status, response.body));
  return std::move(response.body);
}

Result<Document> ApiClient::get(const std::string& target) {
  SILLAR_TRY(body, send("GET", target, {}, {}));
  return parse_document("answer", body);
}

Result<Document> ApiClient::post(const std::string& target, std::string body,
                                 const std::string& key) {
  SILLAR_TRY(answer, send("POST", target, std::move(body), key));
  return parse_document("answer", answer);
}

Result<Document> ApiClient::put(const std::string& target, std::string body,
                                const std::string& key) {
  SILLAR_TRY(answer, send("PUT", target, std::move(body), key));
  return parse_document("answer", answer);
}

Result<Document> ApiClient::remove(const std::string& target, const std::string& key) {
  SILLAR_TRY(answer, send("DELETE", target, {}, key));
  return parse_document("answer", answer);
}

Result<std::string> ApiClient::get_text(const std::string& target) {
  return send("GET", target, {}, {});
}

Status ApiClient::read_on(const std::string& target,
                          const std::function<bool(std::string_view)>& use) {
  net::ClientRequest request;
  request.headers = parts_->headers();
  SILLAR_TRY(head, parts_->client.stream(parts_->url.at(target), request, use));
  if (head.status != 200) return tl::unexpected(error_of(head.status, head.body));
  return {};
}

Status ApiClient::listen(const std::string& target, const std::string& after,
                         const std::function<bool(const ApiEvent*)>& use) {
  net::ClientRequest request;
  request.headers = parts_->headers();
  request.headers.push_back({"Accept", std::string(net::kEventStreamType)});
  if (!after.empty()) request.headers.push_back({"Last-Event-ID", after});
  net::SseParser parser;
  Status fault;
  const auto on_chunk = [&](std::string_view chunk) {
    if (chunk.empty()) return use(nullptr);
    const auto events = parser.feed(chunk);
    if (!events) {
      fault = tl::unexpected(events.error());
      return false;
    }
    for (const net::SseEvent& event : *events) {
      const ApiEvent seen{event.id, event.event, event.data};
      if (!use(&seen)) return false;
    }
    return true;
  };
  SILLAR_TRY(head, parts_->client.stream(parts_->url.at(target), request, on_chunk));
  if (head.status != 200) return tl::unexpected(error_of(head.status, head.body));
  return fault;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string fresh_key() {
  std::array<unsigned char, 16> bytes{};
  CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
        "the kernel has chance to give");
  std::string key;
  for (const unsigned char byte : bytes) key += fmt::format("{:02x}", byte);
  return key;
}

}  // namespace sillar::server
