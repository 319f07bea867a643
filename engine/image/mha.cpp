#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/image/files.hpp>

#include <bit>
#include <fstream>
#include <unistd.h>

namespace fluoro {

void write_mha(std::filesystem::path const& file, std::span<Image<float> const> channels, double pixel_pitch_mm)
{
    static_assert(std::endian::native == std::endian::little);
    FLUORO_EXPECT(!channels.empty());
    auto const& first = channels.front();
    auto temporary = file;
    temporary += ".part" + std::to_string(::getpid());
    {
        std::ofstream out{temporary, std::ios::binary};
        out << "ObjectType = Image\nNDims = 2\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = "
               "False\n"
            << "ElementSpacing = " << pixel_pitch_mm << ' ' << pixel_pitch_mm << "\nDimSize = " << first.columns << ' '
            << first.rows << "\nElementNumberOfChannels = " << channels.size()
            << "\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n";
        std::vector<float> row(std::size_t(first.columns) * channels.size());
        for (int y = 0; y < first.rows; ++y) {
            for (std::size_t c = 0; c < channels.size(); ++c)
                for (int x = 0; x < first.columns; ++x)
                    row[std::size_t(x) * channels.size() + c] = channels[c].at(x, y);
            out.write(reinterpret_cast<char const*>(row.data()), std::streamsize(row.size() * sizeof(float)));
        }
        out.flush();
        if (!out) {
            std::remove(temporary.c_str());
            throw Error{"cannot write '" + file.string() + "': check the folder and the free space",
                        Error::Kind::failed};
        }
    }
    std::error_code error;
    std::filesystem::rename(temporary, file, error);
    if (error) throw Error{"cannot write '" + file.string() + "': " + error.message(), Error::Kind::failed};
}

} // namespace fluoro
