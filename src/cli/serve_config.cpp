#include "cli/serve_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "model/codecs.h"

namespace sillar::cli {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kConnectionsMost = 100'000;

struct Tls {
  std::string certificate, key;
  friend bool operator==(const Tls&, const Tls&) = default;
};
struct Retained {
  std::int64_t entries = 0, bytes = 0;
  friend bool operator==(const Retained&, const Retained&) = default;
};
struct Limited {
  std::int64_t connections = 0, body_bytes = 0, disk_low_bytes = 0;
  friend bool operator==(const Limited&, const Limited&) = default;
};
struct File {
  Tls tls;
  Retained retention;
  Limited limits;

  std::string data, listen, devices, telemetry, run_as, fleet, projects, prices;
  std::vector<std::string> host_names;
};

const Table<Tls>& tls_table() {
  static const auto table = [] {
    Table<Tls> t("tls", "What it proves itself with.");
    t.required("certificate", &Tls::certificate, Name{}, "The certificate chain (PEM).");
    t.required("key", &Tls::key, Name{}, "The private key (PEM).");
    return t;
  }();
  return table;
}

const Table<Retained>& retention_table() {
  static const auto table = [] {
    Table<Retained> t("retention", "How much the journal keeps.");
    t.optional("entries", &Retained::entries, Integer<std::int64_t>{1, kMost}, "Entries at most.");
    t.optional("bytes", &Retained::bytes, Bytes{}, "Bytes at most.");
    return t;
  }();
  return table;
}

const Table<Limited>& limits_table() {
  static const auto table = [] {
    Table<Limited> t("limits", "How much it takes at once.");
    t.optional("connections", &Limited::connections, Integer<std::int64_t>{1, kConnectionsMost},
               "Open at a time.");
    t.optional("body", &Limited::body_bytes, Bytes{}, "Of a request.");
    t.optional("disk_low", &Limited::disk_low_bytes, Bytes{},
               "With less room on the disk nothing new is taken.");
    return t;
  }();
  return table;
}

const Table<File>& file_table() {
  static const auto table = [] {
    Table<File> t("serve", "How sillar serve runs.");
    t.optional("data", &File::data, Name{}, "The data folder.");
    t.optional("listen", &File::listen, Name{}, "Address and port.");
    t.optional("devices", &File::devices, Name{}, "Declared accelerators, as h100:8.");
    t.optional("telemetry", &File::telemetry, Name{}, "Where the use of devices is read.");
    t.optional("run_as", &File::run_as, Name{}, "As whom commands run.");
    t.optional("fleet", &File::fleet, Name{}, "The fleet of the first start.");
    t.optional("projects", &File::projects, Name{}, "The projects of the first start.");
    t.optional("prices", &File::prices, Name{}, "The price catalogue.");
    t.optional("tls", &File::tls, Record<Tls>{&tls_table}, "Its certificate.");
    t.optional("host_names", &File::host_names, List<Name>{}, "Names by which it is reached.");
    t.optional("retention", &File::retention, Record<Retained>{&retention_table},
               "How much the journal keeps.");
    t.optional("limits", &File::limits, Record<Limited>{&limits_table},
               "How much it takes at once.");
    return t;
  }();
  return table;
}

// The issuers have a reader of their own; what is left is for the table.
Result<std::vector<server::IssuerSource>> take_issuers(Document& document) {
  auto& fields = document.root.fields;
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (field->first != "issuers") continue;
    Document issuers{document.name, Value::mapping()};
    issuers.root.line = document.root.line;
    issuers.root.column = document.root.column;
    issuers.root.fields.push_back(std::move(*field));
    fields.erase(field);
    return server::load_issuers(issuers);
  }
  return std::vector<server::IssuerSource>{};
}

}  // namespace

Result<ServeConfig> load_serve_config(const Document& given) {
  Document document = given;
  SILLAR_TRY(issuers, take_issuers(document));
  Fleet none;
  Decoder decoder(document, none);
  File file;
  (void)file_table().read(decoder, document.root, file);
  if (decoder.failed()) return tl::unexpected(decoder.error());
  ServeConfig config;
  config.data = file.data;
  config.listen = file.listen;
  config.devices = file.devices;
  config.telemetry = file.telemetry;
  config.run_as = file.run_as;
  config.fleet = file.fleet;
  config.projects = file.projects;
  config.prices = file.prices;
  config.certificate = file.tls.certificate;
  config.key = file.tls.key;
  config.host_names = std::move(file.host_names);
  config.retention_entries = file.retention.entries;
  config.retention_bytes = file.retention.bytes;
  config.connections = file.limits.connections;
  config.body_bytes = file.limits.body_bytes;
  config.disk_low_bytes = file.limits.disk_low_bytes;
  config.issuers = std::move(issuers);
  return config;
}

Arguments with_config(const Arguments& arguments, const ServeConfig& config) {
  Arguments merged = arguments;
  const std::string names = fmt::format("{}", fmt::join(config.host_names, ","));
  const std::pair<std::string_view, std::string_view> settings[] = {
      {"data", config.data},         {"listen", config.listen},
      {"devices", config.devices},   {"telemetry", config.telemetry},
      {"run-as", config.run_as},     {"fleet", config.fleet},
      {"projects", config.projects}, {"prices", config.prices},
      {"tls-key", config.key},       {"tls-certificate", config.certificate},
      {"host-names", names}};
  for (const auto& [flag, value] : settings)
    if (!value.empty() && !merged.has(flag)) merged.add(flag, std::string(value));
  return merged;
}

}  // namespace sillar::cli
