// A protocol with a bug planted in it: a role around the honest one that distorts what goes in and what comes out. The
// protocols' own sources know nothing of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/core/digest.hpp"
#include "models/core/role.hpp"
#include "models/core/spec.hpp"

namespace paygrid::planted_test {

// What a bug works on: the honest role, and a word of memory that is part of the value and that a crash wipes out.
struct Victim {
  core::Role& honest;
  const core::NodeConfig& config;
  std::uint64_t& memory;
};

struct Bug {
  std::string_view name;
  const core::ProtocolSpec* protocol;  // the honest one
  void (*step)(Victim victim, const core::Event& event, core::Effects& out);
};

class Distorted final : public core::Role {
 public:
  Distorted(const Bug& bug, const core::NodeConfig& config)
      : bug_(&bug), config_(config), honest_(bug.protocol->make_node(config)) {}
  Distorted(const Distorted& other)
      : Role(other), bug_(other.bug_), config_(other.config_), honest_(other.honest_->clone()), memory_(other.memory_) {}

  void step(const core::Event& event, core::Effects& out) override { bug_->step({*honest_, config_, memory_}, event, out); }
  std::unique_ptr<core::Role> clone() const override { return std::make_unique<Distorted>(*this); }
  bool equals(const core::Role& other) const override {
    const auto* same = dynamic_cast<const Distorted*>(&other);
    return same != nullptr && same->memory_ == memory_ && honest_->equals(*same->honest_);
  }
  std::uint64_t digest() const override {
    core::Digest digest;
    digest.add(honest_->digest());
    digest.add(memory_);
    return digest.value();
  }
  std::string describe() const override { return honest_->describe(); }
  std::uint32_t standing(core::TxnId txn) const override { return honest_->standing(txn); }
  std::uint64_t rank() const override { return honest_->rank(); }

 private:
  const Bug* bug_;
  core::NodeConfig config_;
  std::unique_ptr<core::Role> honest_;
  std::uint64_t memory_ = 0;
};

// The protocol of kBug, with it.
template <const Bug& kBug>
const core::ProtocolSpec& distorted() {
  static const core::ProtocolSpec kSpec = [] {
    core::ProtocolSpec spec = *kBug.protocol;
    spec.name = kBug.name;
    spec.make_node = [](const core::NodeConfig& config) -> std::unique_ptr<core::Role> {
      return std::make_unique<Distorted>(kBug, config);
    };
    return spec;
  }();
  return kSpec;
}

}  // namespace paygrid::planted_test
