#include "dicom_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcistrma.h>
#include <dcmtk/dcmdata/dcistrmf.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <fluoro/core/error.hpp>
#include <fstream>
#include <mutex>
#include <optional>
#include <vector>
#include <zlib.h>

namespace fluoro {
namespace {

constexpr Uint32 longest_value_read_at_once = 4096;
// DCMTK recurses once per nested sequence and sets no limit of its own. A level takes under 2 KiB of stack, so real
// nesting (below 32) stays far inside, and the usual 8 MiB of stack are never reached.
constexpr std::uintptr_t deepest_stack = 512 * 1024;
// Headers of real CT, enhanced ones with thousands of frames included, stay below; an object tree takes about twenty
// times the bytes of many small elements.
constexpr std::int64_t most_header_bytes = 64ll << 20;
constexpr std::size_t most_inflated_bytes = std::size_t{1} << 30;

/// Where bytes come from: passed on by the guard below.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::int64_t size() const = 0;
    virtual std::int64_t read(std::int64_t offset, char* bytes, std::int64_t count) = 0;
};

class FileSource : public ByteSource {
public:
    explicit FileSource(std::filesystem::path const& file) : in_{file, std::ios::binary}
    {
        in_.seekg(0, std::ios::end);
        size_ = in_ ? std::int64_t(in_.tellg()) : 0;
    }
    std::int64_t size() const override { return size_; }
    std::int64_t read(std::int64_t offset, char* bytes, std::int64_t count) override
    {
        in_.clear();
        if (offset != at_) in_.seekg(offset);
        in_.read(bytes, count);
        at_ = offset + in_.gcount();
        return in_.gcount();
    }

private:
    std::ifstream in_;
    std::int64_t size_ = 0;
    std::int64_t at_ = -1;
};

using SharedBytes = std::shared_ptr<std::vector<char> const>;

class MemorySource : public ByteSource {
public:
    explicit MemorySource(SharedBytes bytes) : bytes_{std::move(bytes)} {}
    std::int64_t size() const override { return std::int64_t(bytes_->size()); }
    std::int64_t read(std::int64_t offset, char* bytes, std::int64_t count) override
    {
        std::int64_t const taken = std::clamp<std::int64_t>(size() - offset, 0, count);
        std::memcpy(bytes, bytes_->data() + offset, std::size_t(taken));
        return taken;
    }

private:
    SharedBytes bytes_;
};

/// Feeds DCMTK's parser and stops it where nesting or the sum of header bytes passes the limits: every level of
/// recursion comes here for its next tag, so the depth of the stack here is the depth of the parser's.
class GuardedProducer : public DcmProducer {
public:
    GuardedProducer(ByteSource& source, std::int64_t most_bytes, std::int64_t offset = 0)
        : source_{source}, offset_{offset}, left_{most_bytes}
    {
        base_ = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    }
    OFBool good() const override { return stopped_.empty(); }
    OFCondition status() const override { return stopped_.empty() ? EC_Normal : EC_InvalidStream; }
    OFBool eos() override { return offset_ >= source_.size(); }
    offile_off_t avail() override { return stopped_.empty() ? source_.size() - offset_ : 0; }
    offile_off_t read(void* buffer, offile_off_t length) override
    {
        auto const top = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        if ((top > base_ ? top - base_ : base_ - top) > deepest_stack) stopped_ = "sequences are nested too deeply";
        if (length > left_) stopped_ = "the header is longer than 64 MiB";
        if (!stopped_.empty()) return 0;
        auto const count = source_.read(offset_, static_cast<char*>(buffer), length);
        offset_ += count;
        left_ -= count;
        return count;
    }
    offile_off_t skip(offile_off_t length) override
    {
        auto const count = std::clamp<offile_off_t>(length, 0, source_.size() - offset_);
        offset_ += count;
        return count;
    }
    void putback(offile_off_t count) override
    {
        offset_ = std::max<std::int64_t>(0, offset_ - count);
        left_ += count;
    }
    std::string const& stopped() const { return stopped_; }

private:
    ByteSource& source_;
    std::int64_t offset_;
    std::int64_t left_;
    std::uintptr_t base_;
    std::string stopped_;
};

/// Reads one value of an inflated file, later.
class MemoryStream : public DcmInputStream {
public:
    MemoryStream(SharedBytes const& bytes, std::int64_t offset)
        : DcmInputStream{&producer_}, source_{bytes}, producer_{source_, source_.size(), offset}
    {
    }
    DcmInputStreamFactory* newFactory() const override { return nullptr; }

private:
    MemorySource source_;
    GuardedProducer producer_;
};

class MemoryStreamFactory : public DcmInputStreamFactory {
public:
    MemoryStreamFactory(SharedBytes bytes, std::int64_t offset) : bytes_{std::move(bytes)}, offset_{offset} {}
    DcmInputStream* create() const override { return new MemoryStream{bytes_, offset_}; }
    DcmInputStreamFactory* clone() const override { return new MemoryStreamFactory{*this}; }
    // DCMTK's cache casts file factories to their class; with the other kind it calls create().
    DcmInputStreamFactoryType ident() const override { return DFT_DcmInputTempFileStreamFactory; }

private:
    SharedBytes bytes_;
    std::int64_t offset_;
};

/// Values beyond the limit are skipped, checked against what is left of the file, and read from `file` or `bytes`
/// later.
class GuardedStream : public DcmInputStream {
public:
    GuardedStream(GuardedProducer& producer, std::filesystem::path file)
        : DcmInputStream{&producer}, file_{std::move(file)}
    {
    }
    GuardedStream(GuardedProducer& producer, SharedBytes bytes) : DcmInputStream{&producer}, bytes_{std::move(bytes)} {}
    DcmInputStreamFactory* newFactory() const override
    {
        if (bytes_) return new MemoryStreamFactory{bytes_, tell()};
        return new DcmInputFileStreamFactory{OFFilename{file_.c_str()}, tell()};
    }
    OFCondition installCompressionFilter(E_StreamCompression) override
    {
        // Deflated files are inflated under a limit before they come here; a filter would hide nesting from the guard.
        return EC_UnsupportedEncoding;
    }

private:
    std::filesystem::path file_;
    SharedBytes bytes_;
};

unsigned word_at(std::vector<char> const& bytes, std::size_t at, int count)
{
    unsigned value = 0;
    for (int i = 0; i < count; ++i)
        value |= unsigned(static_cast<unsigned char>(bytes[at + std::size_t(i)])) << (8 * i);
    return value;
}

/// Where the dataset of a deflated file begins; none for every other file.
std::optional<std::size_t> deflated_dataset(std::vector<char> const& head)
{
    std::size_t at = 132;
    bool is_deflated = false;
    while (at + 12 <= head.size() && word_at(head, at, 2) == 2) {
        std::string const vr{head[at + 4], head[at + 5]};
        bool const is_long = vr == "OB" || vr == "OW" || vr == "UN" || vr == "SQ" || vr == "UT";
        std::size_t const value = at + (is_long ? 12 : 8);
        std::size_t const length = is_long ? word_at(head, at + 8, 4) : word_at(head, at + 6, 2);
        if (length > head.size() || value + length > head.size()) return std::nullopt;
        if (word_at(head, at + 2, 2) == 0x10)
            is_deflated = std::string{head.data() + value, length}.starts_with("1.2.840.10008.1.2.1.99");
        at = value + length;
    }
    return is_deflated ? std::optional{at} : std::nullopt;
}

/// `problem` says why there is nothing; a stream that breaks off gives what it held until then.
std::vector<char> inflate_dataset(std::filesystem::path const& file, std::size_t start, std::string& problem)
{
    std::ifstream in{file, std::ios::binary};
    in.seekg(std::streamoff(start));
    std::vector<char> const packed{std::istreambuf_iterator<char>{in}, {}};
    // A ratio above 200 at this size is no image but an attack on memory.
    std::size_t const limit = std::min(most_inflated_bytes, std::max<std::size_t>(64u << 20, packed.size() * 200));

    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        problem = "zlib could not be started";
        return {};
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = uInt(std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max()));
    std::vector<char> plain;
    int state = Z_OK;
    while (state == Z_OK && plain.size() <= limit) {
        std::size_t const before = plain.size();
        plain.resize(before + (std::size_t{1} << 20));
        stream.next_out = reinterpret_cast<Bytef*>(plain.data() + before);
        stream.avail_out = 1u << 20;
        state = inflate(&stream, Z_NO_FLUSH);
        plain.resize(plain.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (plain.size() > limit) {
        problem = "its deflated data would fill more than " + std::to_string(limit >> 20) + " MiB";
        plain.clear();
    } else if (state != Z_STREAM_END) {
        problem = "its deflated data break off";
    }
    return plain;
}

/// Without "DICM" at 128, a dataset or meta header must open the file: group 0002 or 0008 in either byte order.
bool looks_like_dicom(std::vector<char> const& head)
{
    if (head.size() >= 132 && std::memcmp(head.data() + 128, "DICM", 4) == 0) return true;
    if (head.size() < 8) return false;
    unsigned const little = word_at(head, 0, 2);
    unsigned const big = (little >> 8) | ((little & 0xff) << 8);
    return little == 2 || little == 8 || big == 2 || big == 8;
}

} // namespace

void prepare_dcmtk()
{
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        dcmEnableUnknownVRConversion.set(OFTrue);
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
    });
    if (!dcmDataDict.isDictionaryLoaded())
        throw Error{"DCMTK's data dictionary is missing, without it DICOM files cannot be read: install Debian's "
                    "libdcmtk17, or unset DCMDICTPATH",
                    Error::Kind::failed};
}

DicomFile::DicomFile(std::filesystem::path const& file) : dataset_{std::make_unique<DcmDataset>()}
{
    std::vector<char> head(16 * 1024);
    FileSource source{file};
    head.resize(std::size_t(source.read(0, head.data(), std::int64_t(head.size()))));
    is_dicom_ = looks_like_dicom(head);
    if (!is_dicom_) return;

    if (auto const start = deflated_dataset(head)) {
        auto const bytes = std::make_shared<std::vector<char> const>(inflate_dataset(file, *start, problem_));
        MemorySource inflated{bytes};
        GuardedProducer producer{inflated, most_header_bytes};
        GuardedStream stream{producer, bytes};
        dataset_->transferInit();
        auto const result = dataset_->read(stream, EXS_LittleEndianExplicit, EGL_noChange, longest_value_read_at_once);
        dataset_->transferEnd();
        if (problem_.empty() && !producer.stopped().empty()) problem_ = producer.stopped();
        if (problem_.empty() && result.bad()) problem_ = result.text();
        return;
    }

    GuardedProducer producer{source, most_header_bytes};
    GuardedStream stream{producer, file};
    DcmFileFormat format;
    format.transferInit();
    auto const result = format.read(stream, EXS_Unknown, EGL_noChange, longest_value_read_at_once);
    format.transferEnd();
    if (!producer.stopped().empty())
        problem_ = producer.stopped();
    else if (result.bad())
        problem_ = result.text();
    dataset_.reset(format.getAndRemoveDataset());
    if (!dataset_) dataset_ = std::make_unique<DcmDataset>();
}

DicomFile::~DicomFile() = default;

} // namespace fluoro
