// timestamp: dates by chrono's calendar, digits by hand.
// SPDX-License-Identifier: Apache-2.0
#include "timestamp.h"

#include <array>
#include <charconv>
#include <chrono>

namespace mw::denylist {
namespace {

constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";

bool has_form(std::string_view text) {
  if (text.size() != form.size()) return false;
  for (std::size_t at = 0; at < form.size(); ++at) {
    const bool digit = text[at] >= '0' && text[at] <= '9';
    if (form[at] == 'd' ? !digit : text[at] != form[at]) return false;
  }
  return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int value = 0;
  for (const char digit : text.substr(at, size)) value = value * 10 + (digit - '0');
  return value;
}

void append(std::string& text, int value, std::size_t digits) {
  std::array<char, 12> buffer{};
  const auto end = std::to_chars(buffer.begin(), buffer.end(), value).ptr;
  const auto size = static_cast<std::size_t>(end - buffer.begin());
  if (size < digits) text.append(digits - size, '0');
  text.append(buffer.data(), size);
}

}  // namespace

result<wall_time> parse_timestamp(std::string_view text) {
  const auto wrong = [&] {
    return failure(errc::invalid, "a time such as 2026-11-29T08:00:00Z was expected");
  };
  if (!has_form(text)) return wrong();
  const std::chrono::year_month_day day{
      std::chrono::year(number_at(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(number_at(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(number_at(text, 8, 2)))};
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  // What 64 bits of nanoseconds hold; a leap second is no time of ours.
  const bool year_fits =
      day.year() >= std::chrono::year(1970) && day.year() < std::chrono::year(2262);
  if (!day.ok() || !year_fits || hour > 23 || minute > 59 || second > 59) return wrong();
  return wall_time{std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(hour) +
                   std::chrono::minutes(minute) + std::chrono::seconds(second)};
}

std::string print_timestamp(wall_time at) {
  const std::chrono::sys_time<duration> when(at.since_epoch);
  const auto days = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day day(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(when - days));
  std::string text;
  append(text, static_cast<int>(day.year()), 4);
  append(text += '-', static_cast<int>(static_cast<unsigned>(day.month())), 2);
  append(text += '-', static_cast<int>(static_cast<unsigned>(day.day())), 2);
  append(text += 'T', static_cast<int>(clock.hours().count()), 2);
  append(text += ':', static_cast<int>(clock.minutes().count()), 2);
  append(text += ':', static_cast<int>(clock.seconds().count()), 2);
  return text + 'Z';
}

}  // namespace mw::denylist
