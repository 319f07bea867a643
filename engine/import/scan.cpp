#include "foreign_file.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/import/scan.hpp>
#include <fluoro/patient/file_list.hpp>

#include <algorithm>
#include <cstring>

namespace fluoro {

namespace fs = std::filesystem;

bool looks_like_dicom(std::span<std::uint8_t const> start)
{
    if (start.size() >= 132 && std::memcmp(start.data() + 128, "DICM", 4) == 0) return true;
    if (start.size() < 12) return false;
    auto const word = [&](std::size_t at, bool big) {
        return big ? start[at] << 8 | start[at + 1] : start[at + 1] << 8 | start[at];
    };
    // Without a preamble the file begins with an element of group 0002 or 0008: tag, then a value representation in
    // two capitals or a 32-bit length that such an element may have.
    for (bool const big : {false, true}) {
        int const group = word(0, big), element = word(2, big);
        if ((group != 0x0002 && group != 0x0008) || element > 0x0070) continue;
        auto const is_capital = [](std::uint8_t c) { return c >= 'A' && c <= 'Z'; };
        bool const is_explicit = is_capital(start[4]) && is_capital(start[5]);
        int const low = word(big ? 6 : 4, big), high = word(big ? 4 : 6, big);
        if (is_explicit || (high == 0 && low <= 256 && low % 2 == 0)) return true;
    }
    return false;
}

std::vector<fs::path> find_dicom(fs::path const& folder, std::chrono::milliseconds patience)
{
    auto const deadline = std::chrono::steady_clock::now() + patience;
    std::vector<fs::path> dicom;
    std::string other; // something else worth naming
    for (ListedFile const& listed : list_files(folder, deadline)) {
        if (dicom.empty() && std::chrono::steady_clock::now() > deadline)
            throw Error{quoted(folder) + ": no DICOM header was found within 5 s; name the series' own folder"};
        // The shortest DICOM file there is; empty files of /proc and the like are never opened.
        if (listed.bytes < 12) continue;
        fs::path const path = folder / listed.relative;
        try {
            if (looks_like_dicom(ForeignFile{path, false}.read(0, 132)))
                dicom.push_back(path);
            else if (other.empty())
                for (char const* const end : {".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd", ".inv3"})
                    if (path.string().ends_with(end)) other = listed.relative;
        } catch (Error const&) {
            // Not ours to read, or replaced by something else since it was listed.
        }
    }
    if (dicom.empty())
        throw Error{quoted(folder) + ": no DICOM files found" +
                    (other.empty() ? "; give a folder that holds a CT series, at most four levels down"
                                   : "; to import '" + other + "' name that file itself")};
    return dicom;
}

} // namespace fluoro
