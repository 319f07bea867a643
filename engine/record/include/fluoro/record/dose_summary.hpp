#pragma once
#include <filesystem>
#include <fluoro/record/event_log.hpp>
#include <vector>

namespace fluoro {

/// One press of the pedal, beam on to beam off. Means are over its pulses; without a pulse they are 0.
struct PedalPress {
    Tick start = 0, end = 0;                      ///< `end` is the log's last tick where the beam was never turned off
    bool is_closed = false;                       ///< the log holds its beam off
    std::string programme = "fluoroscopy-normal"; ///< as a pulse has it
    int pulses = 0;
    int frame_first = 0, frame_last = 0;                               ///< numbers of the first and last pulse
    double kv = 0, ma = 0, pulse_ms = 0, copper_mm = 0, field_cm2 = 0; ///< means over the pulses
    std::int64_t charge_nAs = 0, air_kerma_pGy = 0, kap_pGy_cm2 = 0;   ///< sums over the pulses
    double primary_deg = 0, primary_end_deg = 0;                       ///< at the first and the last pulse
    double secondary_deg = 0, secondary_end_deg = 0;
    double sid_mm = 0, sid_end_mm = 0;
    double pulse_rate = 0; ///< at the first pulse [1/s]
    friend bool operator==(PedalPress const&, PedalPress const&) = default;
};

/// A pulse's programme is one of fluoroscopy's, not an acquisition.
inline bool is_fluoroscopy(std::string const& programme)
{
    return programme.starts_with("fluoroscopy") || programme == "road-map";
}

/// What dose.json holds.
struct DoseSummary {
    std::int64_t charge_nAs = 0, air_kerma_pGy = 0, kap_pGy_cm2 = 0;
    Tick fluoroscopy_ticks = 0; ///< fluoroscopy pedal down
    Tick acquisition_ticks = 0; ///< acquisition pedal down
    int acquisition_runs = 0;
    std::int64_t acquisition_air_kerma_pGy = 0, acquisition_kap_pGy_cm2 = 0; ///< of those runs; in the totals too
    int pulses = 0;
    int pulses_outside_beam = 0; ///< logged while the beam was off; each counts, in a press of its own. Ought to be 0.
    bool is_complete = false;    ///< the log ended in order
    std::vector<PedalPress> presses;
    friend bool operator==(DoseSummary const&, DoseSummary const&) = default;
};

/// Adds up a log entry by entry.
class DoseTally {
public:
    void add(LogEntry const& entry);
    DoseSummary summary() const;

private:
    DoseSummary closed_; ///< presses that have ended, totals of all
    bool is_beam_on_ = false;
    PedalPress open_; ///< means are still sums here
    Tick last_tick_ = 0;
};

/// The dose of a run is a function of its log and of nothing else.
DoseSummary dose_of(EventLog const& log);

/// Writes dose.json of a run that was cut short, from its log, and removes half-written files. Returns what it wrote.
/// Throws Error where the log is damaged or the run is still being recorded.
DoseSummary recover(std::filesystem::path const& folder);

} // namespace fluoro
