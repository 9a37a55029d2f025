// For tests: authorities, and certificates that they sign, as PEM files in a folder that goes away.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/check.hpp"
#include "net/transport/transport.hpp"

namespace lockstep::net {

class Certificates {
 public:
  struct Made {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;
    std::string name;
  };

  Certificates() {
    std::string pattern = (std::filesystem::temp_directory_path() / "certificates.XXXXXX").string();
    check(mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    folder_ = pattern;
  }
  ~Certificates() {
    std::error_code ignored;  // what is left there is the system's to sweep
    std::filesystem::remove_all(folder_, ignored);
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  Made authority(const std::string& name) { return make(name, name, "", nullptr); }
  // `other_name`: a DNS name beside the common one; empty: none.
  TlsFiles node(const std::string& file, const std::string& common_name, const Made& by,
                const Made& trusted, const std::string& other_name = "") {
    const Made made = make(file, common_name, other_name, &by);
    return {path(made.name + ".pem"), path(made.name + ".key"), path(trusted.name + ".pem")};
  }
  [[nodiscard]] std::string path(const std::string& file) const {
    return (folder_ / file).string();
  }

 private:
  Made make(const std::string& file, const std::string& common_name, const std::string& other_name,
            const Made* by) {
    Made made{{EVP_EC_gen("P-256"), &EVP_PKEY_free}, {X509_new(), &X509_free}, file};
    X509* const x = made.certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x, X509_get_subject_name(by != nullptr ? by->certificate.get() : x));
    if (by == nullptr) extend(x, NID_basic_constraints, "critical,CA:TRUE");
    if (!other_name.empty()) extend(x, NID_subject_alt_name, "DNS:" + other_name);
    check(X509_sign(x, by != nullptr ? by->key.get() : made.key.get(), EVP_sha256()) > 0,
          "a certificate can be signed");
    const auto write = [&](const std::string& to, auto&& put) {
      const std::unique_ptr<FILE, decltype(&std::fclose)> out(std::fopen(path(to).c_str(), "w"),
                                                              &std::fclose);
      check(out && put(out.get()) == 1, "a certificate can be written");
    };
    write(file + ".pem", [&](FILE* out) { return PEM_write_X509(out, x); });
    write(file + ".key", [&](FILE* out) {
      return PEM_write_PrivateKey(out, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return made;
  }

  static void extend(X509* x, int id, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str()), &X509_EXTENSION_free);
    check(extension && X509_add_ext(x, extension.get(), -1) == 1, "a certificate can be extended");
  }

  std::filesystem::path folder_;
  long serial_ = 0;
};

}  // namespace lockstep::net
