// bus: typed events between plug-ins, bounded, without allocation, after the turn.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/event_queue.h>
#include <mw/function.h>
#include <mw/reflect.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace mw {

// Constant facts about one event struct, the same in every library that compiled the same struct.
struct event_type {
  std::string_view topic;  // "peer.up/1": name and version
  std::string_view doc;
  std::span<const field_info> fields;
  std::size_t size;
  std::size_t align;
  void (*construct)(void* where);
  void (*assign)(void* to, const void* from);
  void (*destroy)(void* object);

  // Hash of topic, field names and kinds and the size: two libraries that disagree are refused.
  [[nodiscard]] std::uint64_t schema() const;
};

template <class Event>
inline constexpr event_type event_type_of{
    Event::topic,
    Event::doc,
    fields_of<Event>,
    sizeof(Event),
    alignof(Event),
    [](void* where) { ::new (where) Event(); },
    [](void* to, const void* from) { *static_cast<Event*>(to) = *static_cast<const Event*>(from); },
    [](void* object) { static_cast<Event*>(object)->~Event(); }};

// Keeps a subscription alive; destroying it unsubscribes, also from inside the handler.
class subscription_handle {
 public:
  virtual ~subscription_handle() = default;
  // Stops deliveries until resume(); events wait in the bounded queue meanwhile. For subscribers
  // that hand events to slow work. A subscription that waits long is reported as slow by name.
  virtual void pause() = 0;
  virtual void resume() = 0;
};
using subscription = std::unique_ptr<subscription_handle>;

// The kernel's side of the bus; plug-ins use the typed functions of `bus` below.
class bus_service {
 public:
  // Opens a topic for publishing. The channel lives as long as the plug-in.
  virtual event_channel& open(const event_type& type) = 0;
  // `handler` is called with `const void*` pointing at the event struct; never inside publish().
  virtual subscription subscribe(const event_type& type, function<void(const void*)> handler) = 0;

 protected:
  ~bus_service() = default;
};

// Publishes events of one type. Cheap to copy; valid as long as the plug-in that opened it.
template <class Event>
class publisher {
 public:
  explicit publisher(event_channel& channel) : channel_(&channel) {}

  // Queues a copy for every subscriber and returns at once; handlers run at the end of the turn.
  void publish(const Event& event) const {
    event_channel& channel = *channel_;
    delivery_order& order = *channel.order;
    event_queue* const* const end = channel.subscribers + channel.subscriber_count;
    for (event_queue* const* to = channel.subscribers; to != end; ++to) {
      event_queue& queue = **to;
      const std::uint64_t last = queue.last();
      if (last - queue.first() < queue.inline_room && order.has_room()) [[likely]] {
        // The stride is the size of the struct, which the compiler knows here.
        reinterpret_cast<Event*>(queue.slots)[last & queue.mask] = event;
        queue.tail.store(last + 1, std::memory_order_relaxed);
        order.push(&queue);
      } else {
        channel.publish_slowly(channel, queue, &event);
      }
    }
  }

 private:
  event_channel* channel_;
};

// What a plug-in sees. Every topic used here must be declared in describe().
class bus {
 public:
  explicit bus(bus_service& service) : service_(&service) {}

  template <class Event>
  [[nodiscard]] publisher<Event> open() const {
    return publisher<Event>(service_->open(event_type_of<Event>));
  }

  template <class Event, class Handler>
  [[nodiscard]] subscription on(Handler handler) const {
    return service_->subscribe(event_type_of<Event>,
                               [handler = std::move(handler)](const void* event) mutable {
                                 handler(*static_cast<const Event*>(event));
                               });
  }

 private:
  bus_service* service_;
};

}  // namespace mw
