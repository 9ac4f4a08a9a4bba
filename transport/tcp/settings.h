// settings: the options of the stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/links/link_listener.h"

#include <mw/options.h>

namespace mw::tcp {

struct settings {
  endpoint listen;
  stream_options stream;
  transports::accept_limits accepting;

  void fields(field_visitor& v);
};

}  // namespace mw::tcp
