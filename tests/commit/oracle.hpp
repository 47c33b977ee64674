// What must be true of a World whatever happened: the properties of atomic commitment by their names in the literature
// (Bernstein, Hadzilacos, Goodman 1987, 7.3), and the money.
#pragma once

#include <string>

#include "tests/commit/driver.hpp"

namespace paygrid::commit_test {

// Empty when all hold, else the first violation in words. AC1 agreement, AC2 commit only if all voted yes, AC3 abort only with
// a no vote or a fault, AC4 decisions are irrevocable; and a payment commits under at most one attempt.
std::string safety_violation(const World& world);

// After World::heal: everybody who voted yes has decided, and durable balances are the opening ones plus the committed
// payments. Writes what is still pending.
std::string settlement_violation(World& world);

}  // namespace paygrid::commit_test
