// certs: reads where the runner has put them.
// SPDX-License-Identifier: Apache-2.0
#include "tls/certs.h"

#include "driver.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace mw::bench {

cert_files find_certs() {
  const char* const directory = std::getenv("MW_BENCH_CERTS");
  if (directory == nullptr)
    give_up("MW_BENCH_CERTS names no directory with ca.pem, node.pem, node.key");
  const std::string at(directory);
  return {at + "/ca.pem", at + "/node.pem", at + "/node.key"};
}

std::string content_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) give_up("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace mw::bench
