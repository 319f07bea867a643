#pragma once
#include "gzip_stream.hpp"

#include <functional>
#include <string>

namespace fluoro {

struct TarEntry {
    std::string name; ///< as it stands in the archive; relative, without ".."
    std::uint64_t bytes = 0;
};

/// Walks a tar archive (gzip or plain) without unpacking anything. `use` is called for each regular file and may read
/// from the stream what it wants of the file's bytes; it returns how many it took. Error for links, devices, names that
/// point outside, and damaged headers.
void for_each_tar_entry(std::filesystem::path const& file,
                        std::function<std::uint64_t(TarEntry const&, GzipStream&)> const& use);

} // namespace fluoro
