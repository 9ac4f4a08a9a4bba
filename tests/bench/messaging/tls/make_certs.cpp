// make_certs: writes what the test PKI makes.
// SPDX-License-Identifier: Apache-2.0
#include "tls/make_certs.h"

#include "common/x509/test_certs.h"
#include "driver.h"

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mw::bench {

made_certs::made_certs() {
  directory_ = std::filesystem::temp_directory_path() / "mw_bench_certs_XXXXXX";
  if (mkdtemp(directory_.data()) == nullptr) give_up("no directory for certificates");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const x509::test_pki pki({std::chrono::duration_cast<duration>(now)});
  x509::certificate_recipe leaf = pki.leaf("spiffe://mesh.test/node/bench");
  leaf.names.push_back({x509::name_kind::dns, "localhost"});
  leaf.names.push_back({x509::name_kind::ip, "127.0.0.1"});
  const auto good = pki.issue(leaf);
  std::ofstream(directory_ + "/ca.pem") << pki.root.certificate;
  std::ofstream(directory_ + "/node.pem") << good.certificates;
  std::ofstream(directory_ + "/node.key") << good.key;
  chmod((directory_ + "/node.key").c_str(), 0600);
  setenv("MW_BENCH_CERTS", directory_.c_str(), 1);
}

made_certs::~made_certs() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace mw::bench
