#include "durable_file.hpp"
#include "json_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fluoro/core/error.hpp>
#include <fluoro/record/dose_summary.hpp>
#include <sys/file.h>
#include <unistd.h>

namespace fluoro {
namespace {

void add_pulse(PedalPress& press, PulseEntry const& pulse)
{
    if (press.pulses == 0) {
        press.frame_first = pulse.number;
        press.programme = pulse.programme;
        press.primary_deg = pulse.primary_deg;
        press.secondary_deg = pulse.secondary_deg;
        press.sid_mm = pulse.sid_mm;
        press.pulse_rate = pulse.pulse_rate;
    }
    press.frame_last = pulse.number;
    press.primary_end_deg = pulse.primary_deg;
    press.secondary_end_deg = pulse.secondary_deg;
    press.sid_end_mm = pulse.sid_mm;
    ++press.pulses;
    press.kv += pulse.kv;
    press.ma += pulse.ma;
    press.pulse_ms += pulse.pulse_ms;
    press.copper_mm += pulse.copper_mm;
    press.field_cm2 += pulse.field_cm2;
    press.charge_nAs += pulse.charge_nAs;
    press.air_kerma_pGy += pulse.air_kerma_pGy;
    press.kap_pGy_cm2 += pulse.kap_pGy_cm2;
}

PedalPress ended(PedalPress press, Tick end, bool is_closed)
{
    press.end = end;
    press.is_closed = is_closed;
    if (press.pulses > 0)
        for (double* mean : {&press.kv, &press.ma, &press.pulse_ms, &press.copper_mm, &press.field_cm2})
            *mean /= press.pulses;
    return press;
}

void append(DoseSummary& summary, PedalPress const& press)
{
    if (is_fluoroscopy(press.programme)) {
        summary.fluoroscopy_ticks += press.end - press.start;
    } else {
        summary.acquisition_ticks += press.end - press.start;
        summary.acquisition_runs += press.pulses > 0 ? 1 : 0;
        summary.acquisition_air_kerma_pGy += press.air_kerma_pGy;
        summary.acquisition_kap_pGy_cm2 += press.kap_pGy_cm2;
    }
    summary.presses.push_back(press);
}

/// Holds a log's lock while it lives: a recorder has it for as long as it writes.
class LogLock {
public:
    explicit LogLock(std::filesystem::path const& file) : descriptor_{::open(file.c_str(), O_RDONLY | O_CLOEXEC)}
    {
        if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            ::close(descriptor_);
            throw Error{"'" + file.string() + "' is still being recorded: end that run first"};
        }
    }
    ~LogLock()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    LogLock(LogLock const&) = delete;
    LogLock& operator=(LogLock const&) = delete;

private:
    int descriptor_;
};

void remove_half_written(std::filesystem::path const& folder)
{
    namespace fs = std::filesystem;
    std::error_code error;
    for (fs::directory_entry const& entry : fs::directory_iterator{folder, error})
        if (entry.is_regular_file(error) && entry.path().extension().string().starts_with(".part"))
            fs::remove(entry.path(), error);
}

} // namespace

void DoseTally::add(LogEntry const& entry)
{
    std::visit([&](auto const& any) { last_tick_ = any.tick; }, entry);
    if (auto const* beam = std::get_if<BeamEntry>(&entry)) {
        if (beam->is_on && !is_beam_on_) {
            open_ = PedalPress{.start = beam->tick};
            if (!beam->programme.empty()) open_.programme = beam->programme;
        } else if (!beam->is_on && is_beam_on_) {
            append(closed_, ended(open_, beam->tick, true));
        }
        is_beam_on_ = beam->is_on;
    } else if (auto const* pulse = std::get_if<PulseEntry>(&entry)) {
        ++closed_.pulses;
        closed_.charge_nAs += pulse->charge_nAs;
        closed_.air_kerma_pGy += pulse->air_kerma_pGy;
        closed_.kap_pGy_cm2 += pulse->kap_pGy_cm2;
        if (is_beam_on_) {
            add_pulse(open_, *pulse);
        } else {
            ++closed_.pulses_outside_beam;
            PedalPress stray{.start = pulse->tick};
            add_pulse(stray, *pulse);
            append(closed_, ended(stray, pulse->tick, false));
        }
    } else if (std::holds_alternative<EndEntry>(entry)) {
        closed_.is_complete = true;
    }
}

DoseSummary DoseTally::summary() const
{
    DoseSummary summary = closed_;
    if (is_beam_on_) append(summary, ended(open_, last_tick_, false));
    return summary;
}

DoseSummary dose_of(EventLog const& log)
{
    DoseTally tally;
    for (LogEntry const& entry : log.entries) tally.add(entry);
    return tally.summary();
}

DoseSummary recover(std::filesystem::path const& folder)
{
    LogLock const lock{folder / "events.log"};
    DoseSummary summary = dose_of(read_event_log(folder / "events.log"));
    write_durably(folder / "dose.json", dose_json(summary));
    remove_half_written(folder);
    remove_half_written(folder / "frames");
    return summary;
}

} // namespace fluoro
