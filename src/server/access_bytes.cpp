#include <algorithm>
#include <charconv>

#include "model/names.h"
#include "server/access.h"

namespace sillar::server {
namespace {

constexpr std::size_t kIdBytesMax = 24;

void put_digest(std::string& out, const Digest& digest) {
  out += bytes_of(digest);
}

Digest read_digest(ByteReader& in) {
  Digest out{};
  if (in.left() < out.size()) in.fail();
  if (!in.ok()) return out;
  std::copy_n(in.rest().begin(), out.size(), out.begin());
  in.skip(out.size());
  return out;
}

std::string text(ByteReader& in, std::size_t most = kNameBytesMax) {
  return std::string(in.text(most));
}

// The last of the enumeration's values stand where they are used.
struct Writer {
  std::string& out;

  void operator()(const PrincipalAdded& one) const { put_principal(out, one.principal); }
  void operator()(const PrincipalChanged& one) const {
    put_text(out, one.id);
    put_text(out, one.os_user);
    put_number(out, one.enabled ? 1 : 0);
  }
  void operator()(const PrincipalForgotten& one) const { put_text(out, one.id); }
  void operator()(const Granted& one) const {
    put_text(out, one.id);
    put_text(out, one.binding.project);
    put_number(out, static_cast<std::int64_t>(one.binding.role));
  }
  void operator()(const GrantRevoked& one) const {
    put_text(out, one.id);
    put_text(out, one.project);
  }
  void operator()(const KeyAdded& one) const { put_key(out, one.key); }
  void operator()(const KeyEnded& one) const {
    put_text(out, one.id);
    put_number(out, one.at.ns);
  }
  void operator()(const KeyUsed& one) const {
    put_text(out, one.id);
    put_number(out, one.at.ns);
  }
  void operator()(const FirstRunOffered& one) const { put_first_run(out, one.offer); }
  void operator()(const FirstRunRedeemed& one) const { put_number(out, one.at.ns); }
};

struct Reader {
  ByteReader& in;

  void operator()(PrincipalAdded& one) const { one.principal = read_principal(in); }
  void operator()(PrincipalChanged& one) const {
    one.id = text(in, kIdBytesMax);
    one.os_user = text(in);
    one.enabled = in.flag();
  }
  void operator()(PrincipalForgotten& one) const { one.id = text(in, kIdBytesMax); }
  void operator()(Granted& one) const {
    one.id = text(in, kIdBytesMax);
    one.binding.project = text(in);
    one.binding.role = in.word(Role::kAdmin);
  }
  void operator()(GrantRevoked& one) const {
    one.id = text(in, kIdBytesMax);
    one.project = text(in);
  }
  void operator()(KeyAdded& one) const { one.key = read_key(in); }
  void operator()(KeyEnded& one) const {
    one.id = text(in, kIdBytesMax);
    one.at = in.moment();
  }
  void operator()(KeyUsed& one) const {
    one.id = text(in, kIdBytesMax);
    one.at = in.moment();
  }
  void operator()(FirstRunOffered& one) const { one.offer = read_first_run(in); }
  void operator()(FirstRunRedeemed& one) const { one.at = in.moment(); }
};

// The alternative of that number, as it is when it is made.
template <std::size_t I = 0>
IdentityChange alternative(std::size_t index) {
  if constexpr (I + 1 < std::variant_size_v<IdentityChange>) {
    if (index != I) return alternative<I + 1>(index);
  }
  return IdentityChange(std::in_place_index<I>);
}

}  // namespace

std::optional<std::uint64_t> principal_number(std::string_view id, PrincipalKind kind) {
  const char letter = kind == PrincipalKind::kUser ? 'u' : 's';
  if (id.size() < 2 || id.size() > kIdBytesMax || id.front() != letter || id[1] == '0')
    return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  return number;
}

void put_principal(std::string& out, const Principal& principal) {
  put_text(out, principal.id);
  put_number(out, static_cast<std::int64_t>(principal.kind));
  for (const std::string* part : {&principal.name, &principal.issuer, &principal.subject,
                                  &principal.project, &principal.os_user})
    put_text(out, *part);
  put_number(out, principal.enabled ? 1 : 0);
  put_number(out, principal.created.ns);
  put_count(out, principal.bindings.size());
  for (const Binding& binding : principal.bindings) {
    put_text(out, binding.project);
    put_number(out, static_cast<std::int64_t>(binding.role));
  }
}

Principal read_principal(ByteReader& in) {
  Principal out;
  out.id = text(in, kIdBytesMax);
  out.kind = in.word(PrincipalKind::kService);
  for (std::string* part : {&out.name, &out.issuer, &out.subject, &out.project, &out.os_user})
    *part = text(in);
  out.enabled = in.flag();
  out.created = in.moment();
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Binding binding;
    binding.project = text(in);
    binding.role = in.word(Role::kAdmin);
    out.bindings.push_back(std::move(binding));
  }
  return out;
}

void put_key(std::string& out, const KeyRecord& key) {
  for (const std::string* part : {&key.id, &key.principal, &key.label}) put_text(out, *part);
  put_digest(out, key.hash);
  put_number(out, static_cast<std::int64_t>(key.cap));
  put_text(out, key.scope);
  for (const Time time : {key.created, key.expires, key.ended, key.last_used})
    put_number(out, time.ns);
}

KeyRecord read_key(ByteReader& in) {
  KeyRecord out;
  for (std::string* part : {&out.id, &out.principal, &out.label}) *part = text(in);
  out.hash = read_digest(in);
  out.cap = in.word(Role::kAdmin);
  out.scope = text(in);
  out.created = in.moment();
  out.expires = in.time();
  out.ended = in.time();
  out.last_used = in.moment();
  return out;
}

void put_first_run(std::string& out, const FirstRun& offer) {
  put_text(out, offer.key);
  put_digest(out, offer.hash);
  put_number(out, offer.expires.ns);
  put_text(out, offer.os_user);
}

FirstRun read_first_run(ByteReader& in) {
  FirstRun out;
  out.key = text(in);
  out.hash = read_digest(in);
  out.expires = in.moment();
  out.os_user = text(in);
  return out;
}

std::string change_bytes(const IdentityChange& change) {
  std::string out;
  put_count(out, change.index());
  std::visit(Writer{out}, change);
  return out;
}

Result<IdentityChange> read_change(std::string_view bytes) {
  ByteReader in(bytes);
  const auto last = static_cast<std::int64_t>(std::variant_size_v<IdentityChange> - 1);
  IdentityChange change = alternative(static_cast<std::size_t>(in.number(0, last)));
  std::visit(Reader{in}, change);
  if (!in.ok() || in.left() > 0) return invalid("a change of identity that no server keeps");
  return change;
}

void Access::append_bytes(std::string& out) const {
  put_count(out, principals_.size());
  for (const Principal& who : principals_) put_principal(out, who);
  put_count(out, keys_.size());
  for (const auto& [id, key] : keys_) put_key(out, key);
  put_number(out, first_run_ ? 1 : 0);
  if (first_run_) put_first_run(out, *first_run_);
}

// By the changes that could have led to it: what they refuse is refused here.
Result<Access> Access::read(std::string_view bytes) {
  ByteReader in(bytes);
  Access out;
  const auto take = [&](const IdentityChange& change) {
    if (in.ok() && !out.apply(change)) in.fail();
  };
  const std::size_t principals = in.count(8);
  for (std::size_t i = 0; i < principals && in.ok(); ++i) {
    const Principal kept = read_principal(in);
    Principal added = kept;
    const bool forgotten = kept.name.empty();
    added.bindings.clear();
    if (forgotten) added.name = "forgotten";
    take(PrincipalAdded{added});
    for (const Binding& binding : kept.bindings) take(Granted{kept.id, binding});
    if (forgotten) take(PrincipalForgotten{kept.id});
    if (in.ok() && out.principals_.back() != kept) in.fail();
  }
  const std::size_t keys = in.count(8);
  std::string last;
  for (std::size_t i = 0; i < keys && in.ok(); ++i) {
    const KeyRecord kept = read_key(in);
    // Not by KeyAdded, which forgets ended ones.
    if (kept.id <= last || !out.fits(kept) || out.keys_.size() >= kKeysMax) in.fail();
    if (in.ok()) out.keys_.emplace_hint(out.keys_.end(), kept.id, kept);
    last = kept.id;
  }
  if (in.flag()) take(FirstRunOffered{read_first_run(in)});
  if (!in.ok() || in.left() > 0) return invalid("an identity that no server keeps");
  return out;
}

}  // namespace sillar::server
