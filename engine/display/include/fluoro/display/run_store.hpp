#pragma once
#include <cstddef>
#include <deque>
#include <fluoro/display/frame.hpp>
#include <memory>
#include <vector>

namespace fluoro {

/// A frame as the detector gave it; nobody changes it any more.
struct StoredFrame {
    std::shared_ptr<RawImage const> raw;
    double seconds = 0; ///< when it was taken [s]
};

/// A run kept for review: raw frames with their gain.
struct StoredRun {
    int id = 0; ///< 1 = first of the session
    FrameKind kind = FrameKind::cine;
    std::vector<StoredFrame> frames; ///< frame 1 first

    /// From the first frame to the end of the last one, which lasts as long as the others do in the mean [s].
    double duration_s() const;
    /// The frame (1 = first) that a loop played at the run's own speed shows `seconds` after its start; 0 if empty.
    int frame_at(double seconds) const;
};

/// Bytes that a frame holds.
std::size_t size_in_bytes(RawImage const& raw);

/// The runs of a session, newest last. Holds never more than its limit: to make room for a frame the oldest other runs
/// go first, and a run that alone fills it takes no further frames.
class RunStore {
public:
    explicit RunStore(std::size_t limit_bytes = std::size_t{512} << 20);
    /// Begins a run; returns its number.
    int begin(FrameKind kind);
    /// One more frame of a run; false when it found no room, or the run is gone.
    bool add(int run, StoredFrame const& frame);
    /// Nothing if there never was such a run or it had to make room.
    StoredRun const* find(int id) const;
    std::deque<StoredRun> const& runs() const { return runs_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t limit_bytes() const { return limit_bytes_; }

private:
    std::size_t limit_bytes_, bytes_ = 0;
    int last_id_ = 0;
    std::deque<StoredRun> runs_;
};

/// The last seconds of fluoroscopy, whatever the pedal did in between, so that a scene can be kept after it happened.
class RecentFrames {
public:
    explicit RecentFrames(double seconds = 20, std::size_t limit_bytes = std::size_t{320} << 20);
    /// One more frame; those that are too old, or for which there is no room, go.
    void add(StoredFrame const& frame);
    void clear();
    std::deque<StoredFrame> const& frames() const { return frames_; }
    std::size_t bytes() const { return bytes_; }

private:
    double seconds_;
    std::size_t limit_bytes_, bytes_ = 0;
    std::deque<StoredFrame> frames_;
};

} // namespace fluoro
