#include <fluoro/patient/bundle.hpp>

#include "lumens_section.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fluoro/core/expect.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

// The layout is written down in docs/patient-bundle.md.
namespace fluoro {

namespace {

static_assert(std::endian::native == std::endian::little, "a bundle is little-endian and copied as it lies");

constexpr std::array<char, 8> magic{'F', 'L', 'U', 'O', 'R', 'O', 'P', 'T'};
constexpr std::uint32_t version = 2;
constexpr std::uint64_t max_meta_bytes = 1 << 20;
constexpr std::uint64_t max_section_bytes = std::uint64_t{2} << 30;
// A zstd block of 128 KiB takes at least 4 bytes: no honest section is smaller than its content by more than this.
constexpr std::uint64_t max_ratio = 40'000;
constexpr std::uint64_t max_lumens_bytes = std::uint64_t{256} << 20;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

struct Header {
    std::array<char, 8> magic;
    std::uint32_t version;
    std::uint32_t sections;
    std::uint64_t file_bytes;
    std::uint64_t checksum; ///< of header and table, with this field zero
};
static_assert(sizeof(Header) == 32);

struct Section {
    std::array<char, 16> name;
    std::uint64_t offset;
    std::uint64_t bytes;    ///< in the file
    std::uint64_t content;  ///< bytes once decompressed
    std::uint64_t checksum; ///< of the bytes in the file
};
static_assert(sizeof(Section) == 48);
constexpr std::uint32_t max_sections = 4;

std::string name_of(Section const& section)
{
    return {section.name.data(), ::strnlen(section.name.data(), section.name.size())};
}

std::uint64_t table_checksum(Header header, std::span<Section const> table)
{
    header.checksum = 0;
    std::vector<std::uint8_t> bytes(sizeof header + table.size_bytes());
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + sizeof header, table.data(), table.size_bytes());
    return XXH3_64bits(bytes.data(), bytes.size());
}

class Descriptor {
public:
    explicit Descriptor(int value) : value_{value} {}
    ~Descriptor()
    {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return value_; }

private:
    int value_;
};

/// -1 unless `file` is a regular file that can be read; never waits on a pipe.
int open_regular(std::filesystem::path const& file)
{
    int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status {};
    if (descriptor >= 0 && (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))) {
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

bool read_at(int descriptor, void* data, std::size_t bytes, std::uint64_t offset)
{
    auto* to = static_cast<char*>(data);
    while (bytes > 0) {
        ssize_t const got = ::pread(descriptor, to, bytes, off_t(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        bytes -= std::size_t(got);
        offset += std::uint64_t(got);
    }
    return true;
}

class BundleReader {
public:
    explicit BundleReader(std::filesystem::path const& file)
        : where_{"'" + file.string() + "'"}, file_{open_regular(file)}
    {
        if (file_.get() < 0)
            throw Error{where_ + ": cannot be opened as a patient bundle; check the path and its permissions"};
        read_table();
    }

    Patient read()
    {
        Patient patient;
        read_meta(patient);
        patient.ct.hu.resize(patient.ct.grid.voxels());
        unpack(*find("ct"), std::as_writable_bytes(std::span{patient.ct.hu}));
        if (Section const* const labels = find("labels")) {
            patient.labels.resize(patient.ct.grid.voxels());
            unpack(*labels, std::as_writable_bytes(std::span{patient.labels}));
        }
        if (Section const* const lumens = find("lumens")) {
            if (lumens->content > max_lumens_bytes) refuse("the bundle's lumens section is too long");
            std::vector<std::uint8_t> content(lumens->content);
            unpack(*lumens, std::as_writable_bytes(std::span{content}));
            try {
                patient.lumens = unpacked_lumens(content);
            } catch (std::runtime_error const& error) {
                refuse(std::string{"the bundle's lumens section is damaged: "} + error.what());
            }
        }
        return patient;
    }

private:
    [[noreturn]] void refuse(std::string const& reason) const
    {
        throw Error{where_ + ": " + reason + "; import the CT again"};
    }

    Section const* find(std::string const& name) const
    {
        auto const found =
            std::find_if(table_.begin(), table_.end(), [&](auto const& s) { return name_of(s) == name; });
        return found == table_.end() ? nullptr : &*found;
    }

    void read_table()
    {
        struct stat status {};
        Header header;
        if (::fstat(file_.get(), &status) != 0 || !read_at(file_.get(), &header, sizeof header, 0))
            refuse("too short for a patient bundle");
        if (header.magic != magic) refuse("not a patient bundle");
        if (header.version != version)
            refuse("a patient bundle of version " + std::to_string(header.version) + ", this program reads version " +
                   std::to_string(version));
        if (header.file_bytes != std::uint64_t(status.st_size)) refuse("the bundle is cut off or has grown");
        if (header.sections < 2 || header.sections > max_sections) refuse("the bundle's table is damaged");
        table_.resize(header.sections);
        if (!read_at(file_.get(), table_.data(), table_.size() * sizeof(Section), sizeof header) ||
            table_checksum(header, table_) != header.checksum)
            refuse("the bundle's table is damaged (checksum)");
        // Sections lie end to end, so that every byte of the file is under one checksum.
        std::uint64_t expected = sizeof header + table_.size() * sizeof(Section);
        for (Section const& section : table_) {
            if (section.offset != expected || section.bytes > header.file_bytes - expected ||
                section.content > max_section_bytes || section.content > section.bytes * max_ratio)
                refuse("the bundle's table is damaged");
            expected += section.bytes;
        }
        if (expected != header.file_bytes) refuse("the bundle's table is damaged");
        static constexpr std::array<char const*, max_sections> order{"meta", "ct", "labels", "lumens"};
        std::size_t next = 0; // the first two are there in every bundle, the others may be missing
        for (std::size_t i = 0; i < table_.size(); ++i) {
            while (next < order.size() && name_of(table_[i]) != order[next]) ++next;
            if (next == order.size() || (i < 2 && next != i)) refuse("the bundle's table is damaged");
            ++next;
        }
    }

    void read_meta(Patient& patient) const
    {
        Section const& section = *find("meta");
        if (section.bytes > max_meta_bytes || section.content != section.bytes)
            refuse("the bundle's description is too long");
        std::string text(section.bytes, '\0');
        if (!read_at(file_.get(), text.data(), text.size(), section.offset) ||
            XXH3_64bits(text.data(), text.size()) != section.checksum)
            refuse("the bundle's description is damaged (checksum)");
        try {
            auto const meta = nlohmann::json::parse(text);
            auto const& grid = meta.at("grid");
            for (int axis = 0; axis < 3; ++axis) {
                auto const i = std::size_t(axis);
                auto const size = grid.at("size").at(i).get<std::int64_t>();
                if (size < 1 || size > std::int64_t(max_voxels))
                    refuse("an axis of the volume has an impossible length");
                patient.ct.grid.size[axis] = int(size);
                patient.ct.grid.spacing_mm[axis] = grid.at("spacing_mm").at(i).get<double>();
                patient.ct.grid.origin_mm[axis] = grid.at("origin_mm").at(i).get<double>();
                for (int component = 0; component < 3; ++component)
                    patient.ct.grid.directions[axis][component] =
                        grid.at("directions").at(i).at(std::size_t(component)).get<double>();
            }
            auto const& origin = meta.at("origin");
            patient.origin.description = origin.at("description").get<std::string>();
            patient.origin.notes = origin.at("notes").get<std::vector<std::string>>();
            patient.origin.tube_voltage_kv = origin.at("tube_voltage_kv").get<double>();
            patient.origin.patient_position = origin.at("patient_position").get<std::string>();
        } catch (nlohmann::json::exception const&) {
            refuse("the bundle's description is damaged");
        }
        check_grid(patient.ct.grid, where_);
        double const voltage = patient.origin.tube_voltage_kv;
        if (!(voltage >= 0 && voltage <= 1000)) refuse("the bundle's tube voltage is impossible");
        for (char const* const name : {"ct", "labels"})
            if (Section const* const data = find(name); data && data->content != patient.ct.grid.voxels() * 2)
                refuse(std::string{"the bundle's "} + name + " section does not fit its grid");
    }

    /// Checks the section's checksum, then decompresses into exactly `to`.
    void unpack(Section const& section, std::span<std::byte> to)
    {
        std::vector<std::byte> chunk(chunk_bytes);
        std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> const state{XXH3_createState(),
                                                                                    &XXH3_freeState};
        std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> const context{ZSTD_createDCtx(), &ZSTD_freeDCtx};
        if (!state || !context) throw std::bad_alloc{};
        std::string const damaged = "the bundle's " + name_of(section) + " section is damaged";
        XXH3_64bits_reset(state.get());
        for_chunks(section, chunk,
                   [&](std::span<std::byte const> part) { XXH3_64bits_update(state.get(), part.data(), part.size()); });
        if (XXH3_64bits_digest(state.get()) != section.checksum) refuse(damaged + " (checksum)");

        ZSTD_outBuffer out{to.data(), to.size(), 0};
        std::size_t left = 1; // what zstd says after its last byte: 0 = the frame is complete
        for_chunks(section, chunk, [&](std::span<std::byte const> part) {
            ZSTD_inBuffer in{part.data(), part.size(), 0};
            while (in.pos < in.size) {
                std::size_t const before = in.pos + out.pos;
                left = ZSTD_decompressStream(context.get(), &out, &in);
                if (ZSTD_isError(left) || in.pos + out.pos == before) refuse(damaged);
                if (left == 0 && in.pos < in.size) refuse(damaged);
            }
        });
        if (left != 0 || out.pos != out.size) refuse(damaged);
    }

    template <class Use> void for_chunks(Section const& section, std::vector<std::byte>& chunk, Use const& use) const
    {
        for (std::uint64_t done = 0; done < section.bytes;) {
            std::size_t const part = std::size_t(std::min<std::uint64_t>(chunk.size(), section.bytes - done));
            if (!read_at(file_.get(), chunk.data(), part, section.offset + done))
                refuse("the bundle cannot be read to its end");
            use(std::span<std::byte const>{chunk.data(), part});
            done += part;
        }
    }

    std::string where_;
    Descriptor file_;
    std::vector<Section> table_;
};

class BundleWriter {
public:
    explicit BundleWriter(std::filesystem::path const& file)
        : target_{file}, part_{file.string() + ".part" + std::to_string(::getpid())},
          file_{::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)}
    {
        if (file_.get() < 0) fail();
    }
    ~BundleWriter() { ::unlink(part_.c_str()); }
    BundleWriter(BundleWriter const&) = delete;
    BundleWriter& operator=(BundleWriter const&) = delete;

    void write(Patient const& patient)
    {
        Lumens const& lumens = patient.lumens;
        bool const has_lumens = !lumens.vessels.nodes_mm.empty() || !lumens.airways.nodes_mm.empty() ||
                                !lumens.gut.nodes_mm.empty() || !lumens.landmarks.empty();
        std::uint32_t const sections = 2 + (patient.labels.empty() ? 0 : 1) + (has_lumens ? 1 : 0);
        position_ = sizeof(Header) + sections * sizeof(Section);
        add_plain("meta", meta_of(patient));
        add_packed("ct", std::as_bytes(std::span{patient.ct.hu}));
        if (!patient.labels.empty()) add_packed("labels", std::as_bytes(std::span{patient.labels}));
        if (has_lumens) {
            std::vector<std::uint8_t> const section = packed(lumens);
            add_packed("lumens", std::as_bytes(std::span{section}));
        }

        Header header{magic, version, sections, position_, 0};
        header.checksum = table_checksum(header, table_);
        write_at(&header, sizeof header, 0);
        write_at(table_.data(), table_.size() * sizeof(Section), sizeof header);
        mode_t const mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(file_.get(), 0666 & ~mask) != 0 || ::fsync(file_.get()) != 0) fail();
        if (::rename(part_.c_str(), target_.c_str()) != 0) fail();
        sync_folder();
    }

private:
    [[noreturn]] void fail() const
    {
        throw Error{"cannot write '" + target_.string() + "': " + std::strerror(errno) +
                        "; check the folder and the free space",
                    Error::Kind::failed};
    }

    static std::string meta_of(Patient const& patient)
    {
        Grid const& grid = patient.ct.grid;
        auto const list = [](auto const& v) { return nlohmann::json{v[0], v[1], v[2]}; };
        nlohmann::json const meta{
            {"grid",
             {{"size", list(grid.size)},
              {"spacing_mm", list(grid.spacing_mm)},
              {"origin_mm", list(grid.origin_mm)},
              {"directions", {list(grid.directions[0]), list(grid.directions[1]), list(grid.directions[2])}}}},
            {"origin",
             {{"description", patient.origin.description},
              {"notes", patient.origin.notes},
              {"tube_voltage_kv", patient.origin.tube_voltage_kv},
              {"patient_position", patient.origin.patient_position}}}};
        // Descriptions come from foreign headers in any character set: what is no UTF-8 is replaced.
        return meta.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    void add_plain(char const* name, std::string const& text)
    {
        FLUORO_EXPECT(text.size() <= max_meta_bytes);
        Section& section = begin(name, text.size());
        write_at(text.data(), text.size(), position_);
        finish(section, text.size(), XXH3_64bits(text.data(), text.size()));
    }

    void add_packed(char const* name, std::span<std::byte const> content)
    {
        std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> const context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
        std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> const state{XXH3_createState(),
                                                                                    &XXH3_freeState};
        if (!context || !state) throw std::bad_alloc{};
        // Level 1: a bundle is read far more often than it is sent anywhere.
        ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
        ZSTD_CCtx_setPledgedSrcSize(context.get(), content.size());
        XXH3_64bits_reset(state.get());

        Section& section = begin(name, content.size());
        std::vector<std::byte> chunk(chunk_bytes);
        ZSTD_inBuffer in{content.data(), content.size(), 0};
        std::uint64_t written = 0;
        for (std::size_t left = 1; left != 0;) {
            ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
            left = ZSTD_compressStream2(context.get(), &out, &in, ZSTD_e_end);
            FLUORO_EXPECT(!ZSTD_isError(left));
            XXH3_64bits_update(state.get(), chunk.data(), out.pos);
            write_at(chunk.data(), out.pos, position_ + written);
            written += out.pos;
        }
        finish(section, written, XXH3_64bits_digest(state.get()));
    }

    Section& begin(char const* name, std::uint64_t content)
    {
        Section& section = table_.emplace_back(Section{});
        std::memcpy(section.name.data(), name, std::strlen(name));
        section.offset = position_;
        section.content = content;
        return section;
    }

    void finish(Section& section, std::uint64_t bytes, std::uint64_t checksum)
    {
        section.bytes = bytes;
        section.checksum = checksum;
        position_ += bytes;
    }

    void write_at(void const* data, std::size_t bytes, std::uint64_t offset) const
    {
        auto const* from = static_cast<char const*>(data);
        while (bytes > 0) {
            ssize_t const put = ::pwrite(file_.get(), from, bytes, off_t(offset));
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) fail();
            from += put;
            bytes -= std::size_t(put);
            offset += std::uint64_t(put);
        }
    }

    void sync_folder() const
    {
        auto const folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path{"."};
        Descriptor const descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        // Some file systems cannot sync a folder; the file itself is safe by now.
        if (descriptor.get() >= 0) ::fsync(descriptor.get());
    }

    std::filesystem::path target_;
    std::string part_;
    Descriptor file_;
    std::uint64_t position_ = 0;
    std::vector<Section> table_;
};

} // namespace

bool is_bundle(std::filesystem::path const& file)
{
    Descriptor const descriptor{open_regular(file)};
    std::array<char, 8> start{};
    return descriptor.get() >= 0 && read_at(descriptor.get(), start.data(), start.size(), 0) && start == magic;
}

Patient read_bundle(std::filesystem::path const& file)
{
    return BundleReader{file}.read();
}

void write_bundle(std::filesystem::path const& file, Patient const& patient)
{
    check_grid(patient.ct.grid, "'" + file.string() + "'");
    FLUORO_EXPECT(patient.ct.hu.size() == patient.ct.grid.voxels());
    FLUORO_EXPECT(patient.labels.empty() || patient.labels.size() == patient.ct.grid.voxels());
    BundleWriter{file}.write(patient);
}

} // namespace fluoro
