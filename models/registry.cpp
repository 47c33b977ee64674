#include "models/registry.hpp"

#include <algorithm>
#include <array>

#include "models/commit/protocols.hpp"

namespace paygrid::models {

namespace {

constexpr std::array kCommitProtocols{
    &commit::kTwoPhase,
    &commit::kThreePhase,
    &commit::kThreePhaseNaive,
    &commit::kOptimised,
};

constexpr std::array kLockServices{
    &lock::kCas,
    &lock::kRedis,
    &lock::kRedisNaive,
    &lock::kRedlock,
    &lock::kZooKeeper,
    &lock::kZooKeeperHerd,
    &lock::kZooKeeperNaive,
};

}  // namespace

std::span<const core::ProtocolSpec* const> commit_protocols() { return kCommitProtocols; }

const core::ProtocolSpec* find_commit_protocol(std::string_view name) {
  const auto found = std::find_if(kCommitProtocols.begin(), kCommitProtocols.end(),
                                  [name](const core::ProtocolSpec* spec) { return spec->name == name; });
  return found == kCommitProtocols.end() ? nullptr : *found;
}

std::span<const lock::LockServiceSpec* const> lock_services() { return kLockServices; }

const lock::LockServiceSpec* find_lock_service(std::string_view name) {
  const auto found = std::find_if(kLockServices.begin(), kLockServices.end(),
                                  [name](const lock::LockServiceSpec* spec) { return spec->name == name; });
  return found == kLockServices.end() ? nullptr : *found;
}

}  // namespace paygrid::models
