#include <fluoro/patient/nifti_export.hpp>

#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <itkNiftiImageIO.h>

namespace fluoro {

namespace {

template <class Number>
void export_as(std::filesystem::path const& file, Grid const& grid, std::vector<Number> const& voxels,
               itk::IOComponentEnum number)
{
    std::string const name = file.string();
    if (!name.ends_with(".nii") && !name.ends_with(".nii.gz"))
        throw Error{"'" + name + "': NIfTI files end in .nii or .nii.gz; name it so"};
    FLUORO_EXPECT(voxels.size() == grid.voxels());
    // ITK's patient space is ours (LPS); its writer turns it into NIfTI's.
    auto const io = itk::NiftiImageIO::New();
    io->SetFileName(name);
    io->SetNumberOfDimensions(3);
    io->SetPixelType(itk::IOPixelEnum::SCALAR);
    io->SetComponentType(number);
    io->SetNumberOfComponents(1);
    for (int axis = 0; axis < 3; ++axis) {
        auto const i = unsigned(axis);
        io->SetDimensions(i, unsigned(grid.size[axis]));
        io->SetSpacing(i, grid.spacing_mm[axis]);
        io->SetOrigin(i, grid.origin_mm[axis]);
        io->SetDirection(
            i, std::vector<double>{grid.directions[axis].x, grid.directions[axis].y, grid.directions[axis].z});
    }
    itk::ImageIORegion whole{3};
    for (unsigned i = 0; i < 3; ++i) whole.SetSize(i, io->GetDimensions(i));
    io->SetIORegion(whole);
    try {
        io->Write(voxels.data());
    } catch (itk::ExceptionObject const& failure) {
        throw Error{"cannot write '" + name + "': " + failure.GetDescription() +
                        "; check the folder and the free space",
                    Error::Kind::failed};
    }
}

} // namespace

void export_ct(std::filesystem::path const& file, Patient const& patient)
{
    export_as(file, patient.ct.grid, patient.ct.hu, itk::IOComponentEnum::SHORT);
}

void export_labels(std::filesystem::path const& file, Patient const& patient)
{
    if (patient.labels.empty()) throw Error{"'" + file.string() + "': this patient has no labels to write"};
    export_as(file, patient.ct.grid, patient.labels, itk::IOComponentEnum::USHORT);
}

} // namespace fluoro
