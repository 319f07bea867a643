#include "dicom_file.hpp"
#include "frame_reader.hpp"
#include "grouping.hpp"
#include "header.hpp"
#include "object_names.hpp"
#include "volume_plan.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/import/dicom.hpp>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <string_view>

namespace fluoro {
namespace {

using Files = std::vector<std::filesystem::path>;

constexpr std::size_t most_notes_on_others = 6;

/// The first exception of work that runs on several threads, rethrown where it is safe.
class FirstFailure {
public:
    template <class Work> void guard(Work const& work)
    {
        try {
            if (!has_failed_) work();
        } catch (...) {
            std::scoped_lock const lock{mutex_};
            if (!failure_) failure_ = std::current_exception();
            has_failed_ = true;
        }
    }
    void rethrow() const
    {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    std::mutex mutex_;
    std::atomic<bool> has_failed_ = false;
    std::exception_ptr failure_;
};

std::vector<FileContent> read_headers(Files const& files)
{
    std::vector<FileContent> contents(files.size());
    FirstFailure failure;
    // Interleaved: neighbours in a folder are of one kind, and kinds differ in cost.
    std::atomic<int> next = 0;
    parallel_for(int(files.size()), [&](int first, int last) {
        for (int turn = first; turn < last; ++turn) {
            int const i = next++;
            failure.guard([&] { contents[std::size_t(i)] = read_header(files[std::size_t(i)], i); });
        }
    });
    failure.rethrow();
    return contents;
}

std::string plural(int count, char const* one, char const* many)
{
    return count == 1 ? std::string{"1 "} + one : fmt::format("{} {}", count, many);
}

/// What stands beside the CT, for notes; and the reason where there is no CT at all.
struct Findings {
    std::vector<CtPlane> planes;
    std::map<std::string, int> objects;  ///< other DICOM objects, by key
    std::map<std::string, int> left_out; ///< images of the CT that are no cross-sections, by key
    int unusable = 0;
    std::string first_reason;
    std::string first_unusable_file;
    bool assumed_rescale = false;
};

Findings collect(Files const& files, std::vector<FileContent> contents)
{
    Findings found;
    for (std::size_t i = 0; i < contents.size(); ++i) {
        auto& content = contents[i];
        switch (content.kind) {
        case FileContent::Kind::not_dicom:
            break;
        case FileContent::Kind::other_object:
            ++found.objects[content.object];
            break;
        case FileContent::Kind::left_out:
            ++found.left_out[content.object];
            break;
        case FileContent::Kind::unusable_ct:
            if (found.unusable++ == 0) {
                found.first_reason = content.reason;
                found.first_unusable_file = files[i].string();
            }
            break;
        case FileContent::Kind::ct:
            found.assumed_rescale |= content.assumed_rescale;
            std::move(content.planes.begin(), content.planes.end(), std::back_inserter(found.planes));
            break;
        }
    }
    return found;
}

std::string list(std::map<std::string, int> const& objects)
{
    std::string out;
    for (auto const& [key, count] : objects) out += (out.empty() ? "" : ", ") + object_name(key, count);
    return out;
}

[[noreturn]] void refuse_without_ct(Findings const& found, std::string const& described_as)
{
    if (found.unusable > 0) {
        std::string const others = found.unusable > 1 ? fmt::format(" (and {} more)", found.unusable - 1) : "";
        throw Error{fmt::format("'{}' {}{}; export the CT again from where it came", found.first_unusable_file,
                                found.first_reason, others)};
    }
    auto const all = [&] {
        auto sum = found.objects;
        for (auto const& [key, count] : found.left_out) sum[key] += count;
        return sum;
    }();
    if (all.empty()) throw Error{fmt::format("'{}' holds no DICOM file; give the folder of a CT series", described_as)};
    bool const is_one = all.size() == 1 && all.begin()->second == 1;
    throw Error{fmt::format("'{}' {} {}; a CT is needed", described_as, is_one ? "is" : "holds", list(all))};
}

std::string size_text(CtPlane const& plane, std::size_t slices)
{
    return fmt::format("{} slice{} of {} x {}", slices, slices == 1 ? "" : "s", plane.columns, plane.rows);
}

struct Chosen {
    VolumePlan plan;
    std::vector<std::string> notes;
};

/// The first candidate that makes a volume. A refused one gives way only to one of at least half its slices: a long
/// scan with a hole is not silently replaced by a short one.
Chosen choose(std::vector<VolumeCandidate> candidates, std::string const& described_as)
{
    std::size_t const largest = candidates.front().planes.size();
    std::string reason;
    std::vector<std::string> others;
    Chosen chosen;
    bool has_one = false;
    for (auto& candidate : candidates) {
        CtPlane const first = candidate.planes.front();
        std::size_t const slices = candidate.planes.size();
        std::string refused = candidate.refused;
        if (!has_one && refused.empty() && slices * 2 >= largest) {
            try {
                chosen.plan = plan_volume(std::move(candidate.planes));
                chosen.notes = std::move(candidate.notes);
                has_one = true;
                continue;
            } catch (Error const& error) {
                refused = error.what();
            }
        }
        if (reason.empty() && !has_one)
            reason = fmt::format("{} ({}): {}", first.series_name, size_text(first, slices), refused);
        others.push_back(fmt::format("{} ({}){}", first.series_name, size_text(first, slices),
                                     refused.empty() ? "" : ", refused: " + refused));
    }
    if (!has_one) throw Error{fmt::format("'{}', {}", described_as, reason)};

    if (!others.empty()) {
        auto const& plane = chosen.plan.planes.front();
        chosen.notes.insert(chosen.notes.begin(),
                            fmt::format("{} volumes found; the largest was chosen: {} ({})", others.size() + 1,
                                        plane.series_name, size_text(plane, chosen.plan.planes.size())));
        for (std::size_t i = 0; i < std::min(others.size(), most_notes_on_others); ++i)
            chosen.notes.push_back("not used: " + others[i]);
        if (others.size() > most_notes_on_others)
            chosen.notes.push_back(fmt::format("not used: {} more", others.size() - most_notes_on_others));
    }
    return chosen;
}

/// `slice` of the grid from a plane whose first pixel lies at `shift`; air where the plane does not reach.
void place_plane(std::span<std::int16_t const> plane, int columns, int rows, Vec2 const& shift, Grid const& grid,
                 std::span<std::int16_t> slice)
{
    // A thousandth of a voxel outside is rounding, not outside.
    constexpr double rim = 1e-3;
    for (int j = 0; j < grid.size.y; ++j) {
        double const y = j - shift.y;
        bool const has_row = y > -rim && y < rows - 1 + rim;
        int const y0 = std::clamp(int(std::floor(y)), 0, rows - 2);
        double const fy = std::clamp(y - y0, 0.0, 1.0);
        for (int i = 0; i < grid.size.x; ++i) {
            double const x = i - shift.x;
            auto& out = slice[std::size_t(j) * std::size_t(grid.size.x) + std::size_t(i)];
            if (!has_row || x <= -rim || x >= columns - 1 + rim) {
                out = air_hu;
                continue;
            }
            int const x0 = std::clamp(int(std::floor(x)), 0, columns - 2);
            double const fx = std::clamp(x - x0, 0.0, 1.0);
            std::size_t const at = std::size_t(y0) * std::size_t(columns) + std::size_t(x0);
            double const upper = plane[at] * (1 - fx) + plane[at + 1] * fx;
            double const lower =
                plane[at + std::size_t(columns)] * (1 - fx) + plane[at + std::size_t(columns) + 1] * fx;
            out = std::int16_t(std::lround(upper * (1 - fy) + lower * fy));
        }
    }
}

/// Slices of the grid in HU, decoded on the machine's cores.
Mended fill(VolumePlan const& plan, Files const& files, std::vector<std::int16_t>& hu)
{
    std::size_t const slice_voxels = std::size_t(plan.grid.size.x) * std::size_t(plan.grid.size.y);
    hu.resize(plan.grid.voxels());
    auto const slice = [&](int k) { return std::span{hu}.subspan(std::size_t(k) * slice_voxels, slice_voxels); };
    std::vector<int> slice_of(plan.planes.size());
    for (std::size_t k = 0; k < plan.slices.size(); ++k)
        if (plan.slices[k].below == plan.slices[k].above) slice_of[std::size_t(plan.slices[k].below)] = int(k);

    // In order of file and frame, as the readers like it.
    std::vector<int> order(plan.planes.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = int(i);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        auto const& one = plan.planes[std::size_t(a)];
        auto const& other = plan.planes[std::size_t(b)];
        return std::tie(one.file, one.frame) < std::tie(other.file, other.frame);
    });

    FirstFailure failure;
    Mended mended;
    std::mutex mutex;
    parallel_for(int(order.size()), [&](int first, int last) {
        FrameReader reader{files};
        Mended own;
        std::vector<std::int16_t> picture;
        for (int turn = first; turn < last; ++turn)
            failure.guard([&] {
                int const index = order[std::size_t(turn)];
                CtPlane const& plane = plan.planes[std::size_t(index)];
                auto const target = slice(slice_of[std::size_t(index)]);
                if (!plan.is_sheared) {
                    own += reader.read(plane, target);
                    return;
                }
                picture.resize(std::size_t(plane.columns) * std::size_t(plane.rows));
                own += reader.read(plane, picture);
                place_plane(picture, plane.columns, plane.rows, plan.shift_voxels[std::size_t(index)], plan.grid,
                            target);
            });
        std::scoped_lock const lock{mutex};
        mended += own;
    });
    failure.rethrow();

    for (std::size_t k = 0; k < plan.slices.size(); ++k) {
        auto const& [below, above, weight] = plan.slices[k];
        if (below == above) continue;
        auto const low = slice(slice_of[std::size_t(below)]);
        auto const high = slice(slice_of[std::size_t(above)]);
        auto const out = slice(int(k));
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = std::int16_t(std::lround(double(low[i]) * (1 - weight) + double(high[i]) * weight));
    }
    return mended;
}

PixelDigest digest_of(Files const& files)
{
    return [&files](CtPlane const& plane) {
        std::vector<std::int16_t> hu(std::size_t(plane.columns) * std::size_t(plane.rows));
        FrameReader{files}.read(plane, hu);
        return std::uint64_t(
            std::hash<std::string_view>{}({reinterpret_cast<char const*>(hu.data()), hu.size() * sizeof hu[0]}));
    };
}

} // namespace

Patient read_dicom(std::vector<std::filesystem::path> const& files, std::string const& described_as)
{
    prepare_dcmtk();
    auto found = collect(files, read_headers(files));
    if (found.planes.empty()) refuse_without_ct(found, described_as);
    if (found.planes.size() == 1)
        throw Error{fmt::format(
            "'{}' holds a single CT slice: one slice is no volume; give the folder with the whole series{}",
            described_as,
            found.unusable > 0 ? fmt::format(" ('{}' {})", found.first_unusable_file, found.first_reason) : "")};

    auto chosen = choose(group_planes(std::move(found.planes), digest_of(files)), described_as);
    auto const& plan = chosen.plan;
    Patient patient;
    patient.ct.grid = plan.grid;
    Mended const mended = fill(plan, files, patient.ct.hu);

    auto const& first = plan.planes.front();
    auto const& grid = plan.grid;
    patient.origin.description =
        fmt::format("DICOM {}, {} x {} x {} voxels of {:.3g} x {:.3g} x {:.3g} mm", first.series_name, grid.size.x,
                    grid.size.y, grid.size.z, grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z);
    patient.origin.patient_position = first.patient_position;
    patient.origin.tube_voltage_kv = first.tube_voltage_kv;
    auto& notes = patient.origin.notes;
    notes = std::move(chosen.notes);
    notes.insert(notes.end(), plan.notes.begin(), plan.notes.end());
    if (!found.left_out.empty()) notes.push_back("left out, not being cross-sections: " + list(found.left_out));
    if (!found.objects.empty()) notes.push_back("left out, not being CT: " + list(found.objects));
    if (found.unusable > 0)
        notes.push_back(fmt::format("left out: {}, the first because it {}",
                                    plural(found.unusable, "unusable image", "unusable images"), found.first_reason));
    if (found.assumed_rescale)
        notes.push_back("without Rescale Slope and Intercept: stored values were taken as Hounsfield units");
    if (mended.air > 0)
        notes.push_back(fmt::format("{} pixels of padding or at most -1500 HU were set to air (-1000 HU)", mended.air));
    if (mended.saturated > 0)
        notes.push_back(fmt::format("{} pixels above 32767 HU were set to 32767 HU", mended.saturated));
    return patient;
}

} // namespace fluoro
