// events: the vocabulary that plug-ins share; add your own events in your own header.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/events_cluster.h>
#include <mw/events_node.h>
#include <mw/events_peer.h>
