#include "end_signals.hpp"

#include <csignal>

namespace fluoro {
namespace {

volatile std::sig_atomic_t was_asked_to_end = 0;

void note(int)
{
    was_asked_to_end = 1;
}

} // namespace

EndSignals::EndSignals()
{
    was_asked_to_end = 0;
    old_interrupt_ = std::signal(SIGINT, note);
    old_terminate_ = std::signal(SIGTERM, note);
}

EndSignals::~EndSignals()
{
    std::signal(SIGINT, old_interrupt_);
    std::signal(SIGTERM, old_terminate_);
}

bool EndSignals::was_asked()
{
    return was_asked_to_end != 0;
}

} // namespace fluoro
