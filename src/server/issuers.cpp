#include "server/issuers.h"

#include <fmt/format.h>

#include "net/address.h"
#include "net/client.h"

namespace sillar::server {

Result<std::string> fetch_keys(const IssuerSource& source) {
  if (!source.jwks_file.empty()) return read_file(source.jwks_file, kJwksBytesMax);
  SILLAR_TRY(url, net::parse_url(source.jwks_url));
  net::ClientOptions options;
  options.response_bytes_max = kJwksBytesMax;
  options.address_allowed = [within = source.private_network](std::string_view ip) {
    const auto kind = net::address_kind(ip);
    if (kind == net::AddressKind::kPublic) return true;
    return within && (kind == net::AddressKind::kPrivate || kind == net::AddressKind::kLoopback);
  };
  net::Client client(options);
  SILLAR_TRY(answer, client.send(url, {"GET", {{"Accept", "application/json"}}, {}}));
  if (answer.status != 200)
    return fail(ErrorCode::kIo, fmt::format("{}: it answered {}", source.jwks_url, answer.status));
  return std::move(answer.body);
}

IssuerKeys::IssuerKeys(std::vector<IssuerSource> sources, FetchKeys fetch)
    : fetch_(std::move(fetch)) {
  for (IssuerSource& source : sources)
    kept_.push_back({std::move(source), {}, std::nullopt, Time{}, Time{}});
}

bool IssuerKeys::refresh_one(Kept& kept, Time now,
                             const std::function<void(const std::string&)>& complain) const {
  if (now < kept.due) return false;
  Result<std::string> text = fetch_(kept.source);
  kept.due = now + (text ? kKeysFresh : kKeysRetry);
  if (text && kept.keys && *text == kept.text) {
    kept.fetched = now;
    return false;
  }
  Result<Jwks> keys =
      text ? Jwks::read(kept.source.issuer, *text) : Result<Jwks>(tl::unexpected(text.error()));
  if (keys) {
    kept.keys = std::move(*keys);
    kept.text = std::move(*text);
    kept.fetched = now;
    return true;
  }
  kept.due = now + kKeysRetry;
  complain(keys.error().message);
  // Keys that nobody vouches for any more are no keys.
  if (!kept.keys || now - kept.fetched < kKeysStale) return false;
  kept.keys.reset();
  return true;
}

bool IssuerKeys::refresh(Time now, const std::function<void(const std::string&)>& complain) {
  bool changed = false;
  for (Kept& kept : kept_) changed = refresh_one(kept, now, complain) || changed;
  if (!changed) return false;
  issuers_.clear();
  for (const Kept& kept : kept_)
    if (kept.keys)
      issuers_.push_back({kept.source.issuer, kept.source.audience, kept.source.algorithms,
                          kept.source.skew, *kept.keys});
  return true;
}

}  // namespace sillar::server
