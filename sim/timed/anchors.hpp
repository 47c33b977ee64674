// Anchors: which fault of the scenario is tied to which event of the protocol, and when its turn has come. Counts events, draws
// nothing; each anchor strikes once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/timed/cast.hpp"

namespace paygrid::timed {

class Anchors {
 public:
  // References outlive this.
  Anchors(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout, const Cast& cast);

  // Some anchor has not struck and waits for such an event.
  bool await(scenario::AnchorEvent event) const { return (awaited_ >> static_cast<unsigned>(event) & 1u) != 0; }
  bool await_anything() const { return awaited_ != 0; }

  // The event happens now: indices (in the scenario) of the faults whose turn has come.
  std::vector<std::uint32_t> see(const Sighting& sighting);

  // "after persisted PREPARED 2 at b/1, payment 7"
  std::string describe(std::uint32_t fault, const Sighting& cause) const;

 private:
  struct Waiting {
    std::uint32_t fault = 0;  // index in the scenario
    scenario::AnchorEvent event{};
    std::optional<std::uint8_t> kind;            // absent: any
    std::optional<scenario::Selector> node;      // absent: any
    std::uint32_t left = 0;
  };
  std::optional<std::uint8_t> kind_of(const scenario::Anchor& anchor) const;
  void note_awaited();

  const scenario::Scenario& scenario_;
  const core::ProtocolSpec& protocol_;
  const Layout& layout_;
  const Cast& cast_;
  std::vector<Waiting> waiting_;
  unsigned awaited_ = 0;  // bit i: of AnchorEvent i
};

}  // namespace paygrid::timed
