// Lock services that are wrong on purpose.
#pragma once

#include "models/lock/service.hpp"

namespace paygrid::lock::tests {

extern const LockServiceSpec kGrantsWhatIsTaken;  // a redis server that forgets NX where a request compares
extern const LockServiceSpec kRepeatsItsToken;    // a redis server whose every grant carries the first token

// ZooKeeper servers
extern const LockServiceSpec kAnswersAlone;       // a leader counts a proposal as logged everywhere when it sends it
extern const LockServiceSpec kElectsAnybody;      // a vote does not look at the candidate's log
extern const LockServiceSpec kForgetsItsLog;      // a crash takes the log
extern const LockServiceSpec kTrustsItself;       // a leader answers a ping without asking whether it still leads
extern const LockServiceSpec kWatchesSuccessor;   // a watch is set on the znode after the one that was meant
extern const LockServiceSpec kForgetsToFire;      // a watch never fires
extern const LockServiceSpec kHerdOfOne;          // of all that watch the lock, one is told

}  // namespace paygrid::lock::tests
