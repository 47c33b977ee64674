// Lock services that are wrong on purpose.
#pragma once

#include "models/lock/service.hpp"

namespace paygrid::lock::tests {

extern const LockServiceSpec kGrantsWhatIsTaken;  // a redis server that forgets NX where a request compares
extern const LockServiceSpec kRepeatsItsToken;    // a redis server whose every grant carries the first token

}  // namespace paygrid::lock::tests
