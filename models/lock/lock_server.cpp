#include "models/lock/lock_server.hpp"

#include <string>
#include <variant>

#include "models/core/assert.hpp"
#include "models/lock/join.hpp"

namespace paygrid::lock {

namespace {

class LockServer final : public core::Role {
 public:
  LockServer(const LockServiceSpec& service, const ServerConfig& config)
      : service_(&service), server_(service.make_server(config)) {}
  LockServer(const LockServer& other) : service_(other.service_), server_(other.server_->clone()) {}
  LockServer& operator=(const LockServer&) = delete;

  void step(const core::Event& event, core::Effects& out) override {
    std::visit([&](const auto& happened) { on(happened); }, event);
    for (const Effect& effect : done_.items()) std::visit([&](const auto& each) { apply(each, out); }, effect);
    done_.clear();
  }

  std::unique_ptr<core::Role> clone() const override { return std::make_unique<LockServer>(*this); }
  std::unique_ptr<core::Role> remains() const override { return clone(); }
  bool equals(const core::Role& other) const override {
    const auto* same = dynamic_cast<const LockServer*>(&other);
    return same != nullptr && same->service_ == service_ && same->server_->equals(*server_);
  }
  std::uint64_t digest() const override { return server_->digest(); }
  std::string describe() const override { return {}; }

 private:
  void on(const core::Start&) {}
  void on(const core::Recover&) { server_->recover(done_); }
  void on(const core::Deliver& deliver) {
    const core::Message& message = deliver.message;
    if (PAYGRID_UNWANTED(message.family != core::MessageFamily::kLock, "a lock service is sent letters only")) return;
    server_->deliver(deliver.from, unpack(message), done_);
  }
  void on(const core::TimerFired& fired) { server_->fire(from_core(fired.key), done_); }
  void on(const core::Suspect& suspect) { server_->suspect(suspect.node, done_); }
  void on(const core::Trust& trust) { server_->trust(trust.node, done_); }
  void on(const core::Submit&) { PAYGRID_ASSERT(false, "a lock service submits nothing"); }
  void on(const core::Persisted&) { PAYGRID_ASSERT(false, "a lock service writes no log"); }
  void on(const core::Deny&) { PAYGRID_ASSERT(false, "a lock service coordinates nothing"); }

  void apply(const SetTimer& timer, core::Effects& out) const { hand_on(timer, service_->clock, out); }
  void apply(const Notify&, core::Effects&) const { PAYGRID_ASSERT(false, "a server has nobody to tell"); }
  template <class Other>
  void apply(const Other& effect, core::Effects& out) const {
    hand_on(effect, out);
  }

  const LockServiceSpec* service_;
  std::unique_ptr<Server> server_;
  Effects done_;  // scratch: empty between steps
};

}  // namespace

std::unique_ptr<core::Role> make_lock_server(const LockServiceSpec& service, const ServerConfig& config) {
  return std::make_unique<LockServer>(service, config);
}

}  // namespace paygrid::lock
