// The text form of issuers.

#include <fmt/format.h>

#include <set>

#include "model/codecs.h"
#include "net/url.h"
#include "server/issuers.h"

namespace sillar::server {
namespace {

constexpr std::array<std::string_view, 2> kAlgorithms = {"RS256", "ES256"};

struct Algorithm {
  static constexpr Choice<JwtAlgorithm, kAlgorithms.size()> kChoice{&kAlgorithms};

  bool read(Decoder& decoder, const Value& value, JwtAlgorithm& out) const {
    return kChoice.read(decoder, value, out);
  }
  [[nodiscard]] Value write(const Fleet& fleet, JwtAlgorithm value) const {
    return kChoice.write(fleet, value);
  }
  void schema(SchemaWriter& writer) const { kChoice.schema(writer); }
};

bool check_source(Decoder& decoder, const Value& at, IssuerSource& source) {
  bool good = true;
  if (source.jwks_file.empty() == source.jwks_url.empty())
    good = decoder.fault(at, "an issuer has either 'jwks_file' or 'jwks_url'");
  if (!source.jwks_url.empty()) {
    const auto url = net::parse_url(source.jwks_url);
    if (!url)
      good = decoder.fault(at, url.error().message);
    else if (!url->tls)
      good = decoder.fault(at, "keys are fetched by https alone");
  }
  if (source.skew < Duration{} || source.skew > kJwtSkewMax)
    good = decoder.fault(at, "a skew is a minute at most");
  if (source.algorithms.empty()) source.algorithms = {JwtAlgorithm::kRs256, JwtAlgorithm::kEs256};
  return good;
}

const Table<IssuerSource>& source_table() {
  static const auto table = [] {
    Table<IssuerSource> t("issuer", "An OpenID provider that is trusted.");
    t.required("issuer", &IssuerSource::issuer, Name{}, "What its tokens say in iss, exactly.");
    t.required("audience", &IssuerSource::audience, Name{}, "What has to be among their aud.");
    t.optional("jwks_file", &IssuerSource::jwks_file, Name{}, "The file with its keys.");
    t.optional("jwks_url", &IssuerSource::jwks_url, Name{}, "Where it publishes its keys.");
    t.optional("algorithms", &IssuerSource::algorithms, List<Algorithm>{},
               "What its tokens may be signed with; RS256 and ES256 when absent.");
    t.optional("skew", &IssuerSource::skew, Span{},
               "How far its clock may be off; a minute when absent, and at most.");
    t.optional("private_network", &IssuerSource::private_network, Boolean{},
               "Whether jwks_url may lead to a private address.");
    t.after(check_source);
    return t;
  }();
  return table;
}

struct SourceList {
  std::vector<IssuerSource> issuers;
};

const Table<SourceList>& list_table() {
  static const auto table = [] {
    Table<SourceList> t("issuers", "OpenID providers.");
    t.required("issuers", &SourceList::issuers, List<Record<IssuerSource>>{{&source_table}},
               "The providers.");
    return t;
  }();
  return table;
}

}  // namespace

Result<std::vector<IssuerSource>> load_issuers(const Document& document) {
  Fleet none;
  Decoder decoder(document, none);
  SourceList list;
  if (list_table().read(decoder, document.root, list)) {
    const Value& found = *document.root.find("issuers");
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < list.issuers.size(); ++i)
      if (!names.insert(list.issuers[i].issuer).second)
        decoder.fault(found.items[i], fmt::format("a second issuer '{}'", list.issuers[i].issuer));
    if (list.issuers.size() > kIssuersMax)
      decoder.fault(found, fmt::format("there are at most {} issuers", kIssuersMax));
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return std::move(list.issuers);
}

}  // namespace sillar::server
