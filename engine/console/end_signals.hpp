#pragma once

namespace fluoro {

/// Ctrl+C in the terminal and a plain kill close the window like its own button does: pedal released, record closed.
class EndSignals {
public:
    EndSignals();
    ~EndSignals();
    EndSignals(EndSignals const&) = delete;
    EndSignals& operator=(EndSignals const&) = delete;
    static bool was_asked(); ///< to end, by a signal, since this object was made

private:
    void (*old_interrupt_)(int);
    void (*old_terminate_)(int);
};

} // namespace fluoro
