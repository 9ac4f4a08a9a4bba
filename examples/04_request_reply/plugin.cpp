// inventory: a service as a plug-in: typed request in, typed reply or failure out.
// SPDX-License-Identifier: Apache-2.0
#include "inventory.h"

#include <mw/plugin.h>
#include <mw/rpc.h>

#include <map>

namespace {

class inventory final : public mw::plugin {
 public:
  struct options {
    std::map<std::string, std::uint32_t> stock;
    void fields(mw::field_visitor& v) {
      v.field("stock", stock, "Pieces of each article at the start.", mw::required);
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Answers how many pieces of an article are in stock.")
        .uses<mw::router>("router", "Encodes the answers.")
        .uses<mw::services>("services", "Where the service is offered.");
  }

  inventory(mw::host& host, options opt)
      : router_(host.use<mw::router>("router")),
        services_(host.use<mw::services>("services")),
        stock_(std::move(opt.stock)),
        asked_(host.counter("mw_inventory_asked_total", "Questions answered or refused.")) {}

  mw::status start() override {
    MW_TRY(
        service_,
        (mw::serve<shop::level_query, shop::level_answer>(
            router_, services_, shop::level_service,
            [this](const shop::level_query& query, const mw::incoming&,
                   mw::responder<shop::level_answer> answer) { tell(query, std::move(answer)); })));
    return {};
  }

 private:
  void tell(const shop::level_query& query, mw::responder<shop::level_answer> answer) {
    asked_.add();
    const auto found = stock_.find(query.article);
    if (found == stock_.end())
      return answer.refuse({mw::errc::not_found, "no article is called '" + query.article + "'"});
    answer.reply({query.article, found->second});
  }

  mw::router& router_;
  mw::services& services_;
  std::map<std::string, std::uint32_t> stock_;
  mw::counter asked_;
  mw::registration_ptr service_;  // last: it withdraws first
};

}  // namespace

MW_PLUGIN(inventory, "inventory", "1.0.0")
