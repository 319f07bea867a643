#pragma once
#include "ct_plane.hpp"
#include "hounsfield.hpp"
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace fluoro {

/// Decodes planes, one after the other; keeps the last file open, so ask in order of file and frame. One per thread.
class FrameReader {
public:
    explicit FrameReader(std::span<std::filesystem::path const> files);
    ~FrameReader();
    FrameReader(FrameReader const&) = delete;
    FrameReader& operator=(FrameReader const&) = delete;

    /// HU of `plane` into `hu` (columns * rows). Throws Error with file and reason.
    Mended read(CtPlane const& plane, std::span<std::int16_t> hu);

private:
    struct OpenFile;
    std::vector<std::uint32_t> raw_samples(CtPlane const& plane, SampleFormat& format);

    std::span<std::filesystem::path const> files_;
    std::unique_ptr<OpenFile> open_;
    HounsfieldConverter converter_;
};

} // namespace fluoro
