// make_certs: a small PKI in a directory of its own, for as long as a run takes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mw::bench {

// Tells children of this process by MW_BENCH_CERTS. P-256 keys; one leaf for both ends.
class made_certs {
 public:
  made_certs();
  made_certs(const made_certs&) = delete;
  made_certs& operator=(const made_certs&) = delete;
  ~made_certs();

 private:
  std::string directory_;
};

}  // namespace mw::bench
