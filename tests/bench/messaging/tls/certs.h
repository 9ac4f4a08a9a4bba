// certs: the certificates of a secure run, which the runner makes and peers find.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mw::bench {

// The files in the directory that MW_BENCH_CERTS names: ca.pem, node.pem, node.key. Ends the
// program when it is not set.
struct cert_files {
  std::string ca;
  std::string certificate;
  std::string key;
};
cert_files find_certs();
std::string content_of_file(const std::string& path);

}  // namespace mw::bench
