// plugin_test: one member in a node of its own, and the promises of discovery/1.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/testing.h>

MW_DISCOVERY_TESTS(MW_PLUGIN_FILE, "bind: 127.0.0.1:0, address: 127.0.0.1:7400")
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "bind: 127.0.0.1:0")
