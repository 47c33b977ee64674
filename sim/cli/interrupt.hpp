// Ctrl-C as a question: a long verb asks now and then, ends with what it has, and a second Ctrl-C ends the program at once.
#pragma once

namespace paygrid::cli {

// From here on SIGINT and SIGTERM are noted, once each.
void note_interrupts();
bool interrupted();

}  // namespace paygrid::cli
