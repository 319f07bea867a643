#include "itk_reader.hpp"

#include "foreign_file.hpp"

#include <fluoro/core/error.hpp>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>

namespace fluoro {

namespace {

itk::ImageIOBase::Pointer reader_for(ForeignFormat format)
{
    if (format == ForeignFormat::nrrd) return itk::NrrdImageIO::New().GetPointer();
    return itk::MetaImageIO::New().GetPointer();
}

NumberType number_type(itk::ImageIOBase const& io, std::string const& where)
{
    using Component = itk::IOComponentEnum;
    switch (io.GetComponentType()) {
    case Component::CHAR:
        return NumberType::int8;
    case Component::UCHAR:
        return NumberType::uint8;
    case Component::SHORT:
        return NumberType::int16;
    case Component::USHORT:
        return NumberType::uint16;
    case Component::INT:
        return NumberType::int32;
    case Component::UINT:
        return NumberType::uint32;
    case Component::LONG:
    case Component::LONGLONG:
        return NumberType::int64;
    case Component::ULONG:
    case Component::ULONGLONG:
        return NumberType::uint64;
    case Component::FLOAT:
        return NumberType::float32;
    case Component::DOUBLE:
        return NumberType::float64;
    default:
        throw Error{where + ": its voxels are no numbers; a CT holds integers or floats"};
    }
}

Grid grid_of(itk::ImageIOBase& io, std::string const& where)
{
    Grid grid;
    for (unsigned axis = 0; axis < 3; ++axis) {
        grid.size[int(axis)] = int(io.GetDimensions(axis));
        grid.spacing_mm[int(axis)] = io.GetSpacing(axis);
        grid.origin_mm[int(axis)] = io.GetOrigin(axis);
        auto const direction = io.GetDirection(axis);
        for (unsigned component = 0; component < 3; ++component)
            grid.directions[int(axis)][int(component)] = direction.at(component);
    }
    check_grid(grid, where);
    return grid;
}

/// What ITK says, without its own name, its addresses and what follows the first line.
std::string reason_of(itk::ExceptionObject const& error)
{
    std::string text = trimmed(error.GetDescription());
    text = text.substr(0, text.find('\n'));
    if (auto const at = text.find("): "); text.starts_with("ITK ERROR") && at != std::string::npos)
        text = text.substr(at + 3);
    return text.substr(0, 200);
}

} // namespace

ForeignVolume read_with_itk(std::filesystem::path const& file, DeclaredImage const& declared)
{
    std::string const where = quoted(file);
    try {
        auto const io = reader_for(declared.format);
        io->SetFileName(file.string());
        io->ReadImageInformation();
        unsigned const dimensions = io->GetNumberOfDimensions();
        if (dimensions < 3 || dimensions > 7 || io->GetNumberOfComponents() != 1)
            throw Error{where + ": is not one number per voxel of a volume; a CT is"};

        ForeignVolume volume;
        itk::ImageIORegion region{dimensions};
        for (unsigned axis = 0; axis < dimensions; ++axis) {
            region.SetIndex(axis, 0);
            region.SetSize(axis, axis < 3 ? io->GetDimensions(axis) : 1);
            // Two readers of one header that disagree mean a header made to deceive.
            if (axis < 3 && std::int64_t(io->GetDimensions(axis)) != declared.size[axis])
                throw Error{where + ": its size can be read in two ways; the header is damaged"};
        }
        volume.grid = grid_of(*io, where);
        volume.type = number_type(*io, where);
        volume.notes = declared.notes;
        volume.values.resize(declared.voxels() * io->GetComponentSize());
        io->SetIORegion(region);
        io->Read(volume.values.data());
        return volume;
    } catch (itk::ExceptionObject const& error) {
        throw Error{where + ": cannot be read (" + reason_of(error) + "); the file is damaged"};
    }
}

} // namespace fluoro
