// loopback_test: the promises of transport/1 over links inside one process.
// SPDX-License-Identifier: Apache-2.0
#include "tls_node.h"

#include <mw/transport_conformance.h>

MW_TRANSPORT_TESTS(mw::tls::tls_over("transport.loopback, listen: \"inside:0\""))
