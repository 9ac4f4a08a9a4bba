// asker: every question has a number, and its answer has to be the same number.
// SPDX-License-Identifier: Apache-2.0
#include "asker.h"

#include <mw/rpc.h>

#include <memory>
#include <utility>

namespace traffic {
namespace {

constexpr mw::duration answer_deadline{500'000'000};
constexpr mw::duration chain_deadline{5'000'000'000};
constexpr std::uint64_t chain_max = 17;  // calls: 16 hops, see PROTOCOL.md of routing
constexpr std::uint64_t never = ~std::uint64_t{0};

}  // namespace

asker::asker(mw::host& host, mw::router& router, mw::services& home)
    : host_(host),
      router_(router),
      home_(home),
      dice_(host.random("asker")),
      answers_(host.counter("mw_traffic_answers_total", "Questions answered.")),
      cancelled_(host.counter("mw_traffic_cancelled_total", "Questions taken back.")),
      chains_(host.counter("mw_traffic_chains_total", "Chains of calls that came to an end.")),
      mistaken_(host.counter("mw_traffic_mistaken_total", "Answers to another question.")),
      too_deep_(host.counter("mw_traffic_too_deep_total", "Calls beyond the limit of a chain.")),
      unended_(host.gauge("mw_traffic_unended", "Calls that have not ended yet.")) {}

mw::status asker::start() {
  MW_TRY(questions_,
         (mw::serve<question, question>(
             router_, home_, "traffic.question",
             [this](const question& asked, const mw::incoming&, mw::responder<question> to) {
               if (asked.patience == 0) return to.reply(asked);
               if (asked.patience == never) return silent_.push_back(std::move(to));
               auto kept = std::make_shared<mw::responder<question>>(std::move(to));
               later(mw::duration(static_cast<std::int64_t>(asked.patience)),
                     [asked, kept] { kept->reply(asked); });
             })));
  MW_TRY(chained_,
         (mw::serve<link_of_chain, link_of_chain>(
             router_, home_, "traffic.chain",
             [this](const link_of_chain& at, const mw::incoming&, mw::responder<link_of_chain> to) {
               if (at.depth > chain_max) too_deep_.add();
               auto kept = std::make_shared<mw::responder<link_of_chain>>(std::move(to));
               next_hop(at.depth + 1, [at, kept] { kept->reply(at); });
             })));
  MW_TRY(question_service_, router_.open("traffic.question"));
  MW_TRY(chain_service_, router_.open("traffic.chain"));
  return {};
}

void asker::ask(std::string_view peer) {
  // Answered at once, after a while, after the caller has given up, or never.
  question q{++asked_, 0};
  if (dice_.chance(0.4)) q.patience = dice_.below(700'000'000);
  if (dice_.chance(0.02)) q.patience = never;
  mw::route where;
  where.service = question_service_;
  where.to = mw::send_to::node;
  where.name = peer;
  where.deadline = answer_deadline;
  auto ended = std::make_shared<bool>(false);  // told by the answer, read by the cancel below
  const auto call = mw::call<question>(
      router_, where, q, [this, ended, number = q.number](const mw::result<question>& found) {
        *ended = true;
        unended_.add(-1);
        if (!found) return;
        answers_.add();
        if (found->number != number) mistaken_.add();
      });
  if (!call) return;
  unended_.add(1);
  if (q.patience == 0 || !dice_.chance(0.5)) return;
  later(mw::duration(static_cast<std::int64_t>(dice_.below(300'000'000))),
        [this, ended, call = *call] {
          if (*ended) return;
          router_.cancel(call);
          cancelled_.add();
          unended_.add(-1);
        });
}

void asker::begin_chain() {
  next_hop(1, [this] { chains_.add(); });
}

void asker::next_hop(std::uint64_t depth, hop_done done) {
  mw::route where;
  where.service = chain_service_;
  where.deadline = chain_deadline;
  auto kept = std::make_shared<hop_done>(std::move(done));
  const auto call = mw::call<link_of_chain>(router_, where, link_of_chain{depth},
                                            [this, kept](const mw::result<link_of_chain>&) {
                                              unended_.add(-1);
                                              (*kept)();
                                            });
  if (call) return unended_.add(1);
  (*kept)();  // the chain is as long as it may be, or nobody is there
}

void asker::later(mw::duration delay, mw::function<void()> task) {
  const std::uint64_t number = ++timer_number_;
  timers_[number] = host_.after(delay, [this, number, task = std::move(task)]() mutable {
    const mw::function<void()> run = std::move(task);
    const mw::timer mine = std::move(timers_[number]);
    timers_.erase(number);
    run();
  });
}

}  // namespace traffic
