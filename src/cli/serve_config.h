#pragma once

// What `serve --config FILE` may say in place of flags, and what only a file says: issuers of
// OpenID tokens, retention, limits. Unknown fields are refused with their place.
//
//   listen: 0.0.0.0:7400
//   tls: {certificate: /etc/sillar/tls.pem, key: /etc/sillar/tls.key}
//   host_names: [gpu.example]
//   issuers:
//     - {issuer: https://idp.example, audience: sillar, jwks_url: https://idp.example/keys}
//   retention: {entries: 10000000, bytes: 8Gi}
//   limits: {connections: 1024, body: 1Mi, disk_low: 64Mi}

#include "cli/arguments.h"
#include "server/issuers.h"

namespace sillar::cli {

struct ServeConfig {
  // Of flags, by the flag's name.
  std::string data, listen, devices, telemetry, run_as, fleet, projects, prices;
  std::string certificate, key;
  std::vector<std::string> host_names;

  std::int64_t retention_entries = 0;  // 0, here and below: as it is without the file.
  std::int64_t retention_bytes = 0;
  std::int64_t connections = 0;
  std::int64_t body_bytes = 0;
  std::int64_t disk_low_bytes = 0;
  std::vector<server::IssuerSource> issuers;

  friend bool operator==(const ServeConfig&, const ServeConfig&) = default;
};

// Errors (kInvalidInput): with line and column, all of them.
[[nodiscard]] Result<ServeConfig> load_serve_config(const Document& document);

// The command line with what the file says where a flag is absent.
[[nodiscard]] Arguments with_config(const Arguments& arguments, const ServeConfig& config);

}  // namespace sillar::cli
