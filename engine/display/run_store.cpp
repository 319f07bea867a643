#include <algorithm>
#include <cmath>
#include <fluoro/display/run_store.hpp>

namespace fluoro {

std::size_t size_in_bytes(RawImage const& raw)
{
    return sizeof(RawImage) + raw.digital_numbers.values.size() * sizeof(std::uint16_t);
}

double StoredRun::duration_s() const
{
    if (frames.size() < 2) return 0;
    double const between = frames.back().seconds - frames.front().seconds;
    return between * double(frames.size()) / double(frames.size() - 1);
}

int StoredRun::frame_at(double seconds) const
{
    if (frames.empty()) return 0;
    double const duration = duration_s();
    if (!(duration > 0)) return 1;
    double const within = seconds - std::floor(seconds / duration) * duration;
    double const wanted = frames.front().seconds + within;
    auto const after = std::upper_bound(frames.begin(), frames.end(), wanted,
                                        [](double t, StoredFrame const& frame) { return t < frame.seconds; });
    return std::max(1, int(after - frames.begin()));
}

RunStore::RunStore(std::size_t limit_bytes) : limit_bytes_{limit_bytes} {}

int RunStore::begin(FrameKind kind)
{
    runs_.push_back({++last_id_, kind, {}});
    return last_id_;
}

bool RunStore::add(int run, StoredFrame const& frame)
{
    auto const is_it = [&](StoredRun const& r) { return r.id == run; };
    if (std::none_of(runs_.begin(), runs_.end(), is_it)) return false;
    std::size_t const size = size_in_bytes(*frame.raw);
    if (size > limit_bytes_) return false;
    while (bytes_ + size > limit_bytes_) {
        auto const oldest = std::find_if_not(runs_.begin(), runs_.end(), is_it);
        if (oldest == runs_.end()) return false;
        for (auto const& old : oldest->frames) bytes_ -= size_in_bytes(*old.raw);
        runs_.erase(oldest);
    }
    bytes_ += size;
    std::find_if(runs_.begin(), runs_.end(), is_it)->frames.push_back(frame);
    return true;
}

StoredRun const* RunStore::find(int id) const
{
    auto const run = std::find_if(runs_.begin(), runs_.end(), [&](auto const& r) { return r.id == id; });
    return run == runs_.end() ? nullptr : &*run;
}

RecentFrames::RecentFrames(double seconds, std::size_t limit_bytes) : seconds_{seconds}, limit_bytes_{limit_bytes} {}

void RecentFrames::add(StoredFrame const& frame)
{
    frames_.push_back(frame);
    bytes_ += size_in_bytes(*frame.raw);
    while (!frames_.empty() && (bytes_ > limit_bytes_ || frames_.front().seconds < frame.seconds - seconds_)) {
        bytes_ -= size_in_bytes(*frames_.front().raw);
        frames_.pop_front();
    }
}

void RecentFrames::clear()
{
    frames_.clear();
    bytes_ = 0;
}

} // namespace fluoro
