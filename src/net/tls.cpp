#include "net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sillar::net {
namespace {

Status check_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  return fail(ErrorCode::kIo, fmt::format("{}: cannot be read ({})", path, std::strerror(errno)));
}

Result<TlsContext> new_context(const SSL_METHOD* method) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return fail(ErrorCode::kInternal, fmt::format("TLS cannot be set up ({})", tls_reason()));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

}  // namespace

std::string tls_reason() {
  std::string out = "unknown reason";
  while (const unsigned long code = ERR_get_error())
    if (const char* reason = ERR_reason_error_string(code)) out = reason;
  return out;
}

Result<TlsContext> server_tls(const std::string& certificate_path, const std::string& key_path) {
  SILLAR_TRY_STATUS(check_readable(certificate_path));
  SILLAR_TRY_STATUS(check_readable(key_path));
  SILLAR_TRY(context, new_context(TLS_server_method()));
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_path.c_str()) != 1)
    return invalid(fmt::format("{}: is not a certificate chain in PEM", certificate_path));
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_path.c_str(), SSL_FILETYPE_PEM) != 1)
    return invalid(fmt::format("{}: is not the private key of {}", key_path, certificate_path));
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return invalid(fmt::format("{}: is not the private key of {}", key_path, certificate_path));
  return context;
}

Result<TlsContext> client_tls(const std::string& ca_path, bool verify) {
  SILLAR_TRY(context, new_context(TLS_client_method()));
  if (!ca_path.empty()) {
    SILLAR_TRY_STATUS(check_readable(ca_path));
    if (SSL_CTX_load_verify_locations(context.get(), ca_path.c_str(), nullptr) != 1)
      return invalid(fmt::format("{}: has no certificate in PEM", ca_path));
  } else if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    return fail(
        ErrorCode::kIo,
        fmt::format("the system's certificate authorities cannot be read ({})", tls_reason()));
  }
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return context;
}

}  // namespace sillar::net
