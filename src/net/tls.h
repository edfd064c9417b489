#pragma once

// TLS contexts: 1.2 or later, no renegotiation, no compression.

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX.

namespace sillar::net {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Of a server with that certificate chain and key, both PEM. Errors: kIo for a file that cannot be
// read, kInvalidInput for one that says something else or a key of another certificate.
[[nodiscard]] Result<TlsContext> server_tls(const std::string& certificate_path,
                                            const std::string& key_path);

// Of a client that trusts the authorities in `ca_path`, the system's where it is empty; with
// `verify` off, anybody. Errors: as above.
[[nodiscard]] Result<TlsContext> client_tls(const std::string& ca_path, bool verify);

// What OpenSSL last complained about on this thread, in words; its queue is empty then.
[[nodiscard]] std::string tls_reason();

}  // namespace sillar::net
