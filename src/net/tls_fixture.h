#pragma once

// For tests: a certificate that signs itself, with its key, in files that go with it.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace sillar::net {

class Certificate {
 public:
  // `names` as in "DNS:localhost,IP:127.0.0.1".
  explicit Certificate(const std::string& names) {
    std::string folder = testing::TempDir() + "sillar-net-XXXXXX";
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("sillar test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_EXTENSION* const san =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate.get(), san, -1);
    X509_EXTENSION_free(san);
    EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    write(path(), [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
    write(key_path(), [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] std::string path() const { return folder_ + "/certificate.pem"; }
  [[nodiscard]] std::string key_path() const { return folder_ + "/key.pem"; }

 private:
  template <typename Write>
  static void write(const std::string& path, Write write_to) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"),
                                                               std::fclose);
    EXPECT_EQ(write_to(file.get()), 1);
  }

  std::string folder_;
};

}  // namespace sillar::net
