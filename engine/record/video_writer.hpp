#pragma once
#include <filesystem>
#include <fluoro/core/clock.hpp>
#include <fluoro/image/image.hpp>
#include <memory>
#include <string>

namespace fluoro {

/// H.264 in MP4, index in front, one picture per pulse: time stamps are ticks, so a held picture lasts as long as it
/// was held. Pictures of odd size are widened by their last column or row. Throws Error (failed) throughout.
class VideoWriter {
public:
    /// Throws where the encoder is not installed, too.
    VideoWriter(std::filesystem::path const& file, int columns, int rows, std::string const& encoder);
    /// Without `close` nothing is left behind.
    ~VideoWriter();
    VideoWriter(VideoWriter const&) = delete;
    VideoWriter& operator=(VideoWriter const&) = delete;

    /// Shown from `tick` until the next. The first one is the video's time 0; a second one of the same tick replaces
    /// the first.
    void show(Tick tick, Image<std::uint8_t> picture);
    /// The last picture lasts until `end`, at least one tick.
    void close(Tick end);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Whether this machine can write such a video.
bool has_video_encoder(std::string const& encoder);

} // namespace fluoro
