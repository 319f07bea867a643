#pragma once
// Inside the session module: what tools did between two entries of the log.
#include <fluoro/record/entries.hpp>
#include <fluoro/session/session.hpp>
#include <map>

namespace fluoro {

class ToolTally {
public:
    /// Once per tick.
    void add(InstrumentStatus const& status);
    /// Nothing is in use: nothing is to be logged.
    bool is_empty() const { return status_.tools.empty() && status_.needles.empty(); }
    /// What lies where now, with the peaks since the last call.
    ToolsEntry take(Tick tick, int pulse);
    /// What was broken since the last call.
    std::vector<BreachEntry> take_breaches(Tick tick);

private:
    struct Peaks {
        double push_n = 0, torque_n_mm = 0, tip_force_n = 0;
    };
    InstrumentStatus status_;
    std::map<std::string, Peaks> peaks_;
    std::size_t told_breaches_ = 0;
};

} // namespace fluoro
