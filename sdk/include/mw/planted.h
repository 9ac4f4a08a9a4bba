// planted: mistakes that are compiled in on purpose, to see whether the tests find them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A plug-in's source may say `if (MW_PLANTED(credit_twice)) ...` where a mistake would be easy to
// make. Normal builds have no trace of it: the condition is the constant false. A build of the same
// files with MW_PLANTED_BUGS makes the mistake that its option `planted_bug` names, and a test
// demands that a few runs of the simulator find it. See tests/sim/planted.
//
// Rules: one line each, at the place that it breaks; a name that is unique in the library; never a
// mistake that makes the process loop for ever or touch memory that is not its own.

#ifdef MW_PLANTED_BUGS

#include <string>

namespace mw {

// Of this library, for all nodes of the process: a test runs one cluster at a time.
inline std::string& planted_bug() {
  static std::string chosen = "none";
  return chosen;
}

}  // namespace mw

#define MW_PLANTED(bug) (::mw::planted_bug() == #bug)

// For the end of fields() of the plug-in's options.
#define MW_PLANTED_OPTION(visitor) \
  (visitor).field("planted_bug", ::mw::planted_bug(), "The mistake to make, or none.")

#else

#define MW_PLANTED(bug) false
#define MW_PLANTED_OPTION(visitor) static_cast<void>(visitor)

#endif
