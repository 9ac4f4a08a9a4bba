# echo: the interface of the Cap'n Proto driver.
# SPDX-License-Identifier: Apache-2.0
@0xb7c1e5a9d3f24e61;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("mw_bench");

interface Bench {
  echo @0 (body :Data) -> (body :Data);
  sink @1 (body :Data) -> ();
}
