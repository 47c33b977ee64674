// A transcript is a text that fixes a world and a path in it, and shows what each step does:
//
//   # Narrative, kept as it is.
//   protocol 2pc
//   nodes P0 P1 C
//   payers outside: payer                        | payers with 2 retries: payer
//   shards 2 on P0 P1
//   accounts 4 opening with 100
//   account 3 opens with 20                      (none or more)
//   payment 1 by payer at C: 0 -100, 1 +100      (one or more; amounts in minor units)
//   locking wait_die                             | no_wait, wound_wait, detect oldest ... (none: wait)
//   timing asynchronous                          | synchronous
//   disk async                                   | instant
//   budget crashes 1, recoveries unlimited       (what is not named is 0)
//
//   deliver SUBMIT payer>C payment 1
//   ----
//   C begins payment 1.0
//   C sends PREPARE to P0, payment 1.0
//   C = payment 1.0: coordinator collects votes, 0 yes, 0 no, 0 acknowledged of 2
//   way = PREPARE C>P0 payment 1.0
//
// A block is narrative, one step, `----`, and its effects and the changed state, to a blank line. A step may be abbreviated
// word by word to prefixes that no other step enabled there shares; a step written in full is never ambiguous.
//
// Invariants:
//  1. play(parse(play(script))) == play(script): a transcript with effects replays to itself.
//  2. narrative, header lines and the text of steps come back as they were written.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/description.hpp"
#include "sim/world/rules.hpp"
#include "sim/world/step.hpp"

namespace paygrid::replay {

// "file:line:column: found ...; accepted: ..."
class TranscriptError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

struct Block {
  std::vector<std::string> before;  // narrative and blank lines above the step
  std::string step;                 // as written
  std::uint32_t line = 0;           // of the step, from 1
  std::uint32_t column = 1;
  bool has_effects = false;         // false: only the step is there
  std::vector<std::string> effects;
};

struct Script {
  std::string file;                 // for errors
  std::vector<std::string> header;  // lines as written, narrative among them
  world::Description description;
  const core::ProtocolSpec* protocol = nullptr;  // null: the registered one that the description names
  world::Rules rules;
  std::vector<Block> blocks;
  std::vector<std::string> after;   // narrative at the end

  bool has_effects() const;         // of any block
};

// Throws TranscriptError.
Script parse(std::string_view text, std::string file);
// The text of a script as it stands, without playing it.
std::string print(const Script& script);

// The complete transcript: every step found, every effect regenerated. Throws TranscriptError when a step is not enabled or
// ambiguous, or the world cannot be built.
std::string play(const Script& script);

// The first place where the effects in the file are not those that the steps have. Empty when there is none. Blocks without
// effects in a file with effects are a difference. Throws as `play`.
std::string difference(const Script& script);

// The transcript of a path. Steps may come from another world of the same description (an explorer's): payments are known by
// id. `narrative`: lines of text, put at the head as # lines. `protocol`: null for the registered one. Throws TranscriptError
// when a step is not enabled.
std::string transcript_of(const world::Description& description, const world::Rules& rules, std::span<const world::Step> steps,
                          std::string_view narrative, const core::ProtocolSpec* protocol = nullptr);

}  // namespace paygrid::replay
