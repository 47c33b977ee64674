// Authenticity: nobody votes, precommits, decides or posts because of a message that nobody sent, that was changed on its way,
// or that was sent once and came again. To act is to tell such a fact, or to write a record of one, in the step that handles
// the message. What a message merely brings about later (a forged vote that is counted until the last one is in) shows in the
// checks of the decisions. Injective agreement of the receiver's acts with the sender's: Lowe, "A hierarchy of authentication
// specifications" (CSFW 1997).
// Sometimes: an outsider put a message on the way.
#pragma once

#include <optional>
#include <string>

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

class Authenticity {
 public:
  static constexpr std::string_view kName = "authenticity";
  Authenticity(const history::RunInfo& info, TxnBook& book) : info_(info), book_(book) {}

  // Every packet event of a message that is not genuine.
  void on_packet(std::uint64_t event, const history::PacketEvent& packet);
  // From the delivery of such a message until on_handled.
  bool is_handling() const { return handled_.has_value(); }
  // Requires: is_handling().
  void on_fact(const Touch& touch);
  void on_disk(std::uint64_t event, const history::DiskEvent& written);
  void on_handled() { handled_.reset(); }

  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  struct Handled {
    std::uint64_t event = 0;
    core::NodeId from;
    core::NodeId to;
    core::MessageFamily family{};
    std::uint8_t kind = 0;
    core::TxnId txn;
    history::Origin origin{};
    bool acted = false;
  };

  void act(Stamp now, core::NodeId process, const std::string& deed);
  std::string name_of_message() const;

  const history::RunInfo& info_;
  TxnBook& book_;
  std::optional<Handled> handled_;
  std::uint64_t delivered_ = 0;
  std::uint64_t rejected_ = 0;
  Tally tally_{kName};
};

}  // namespace paygrid::check
