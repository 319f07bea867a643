#include "morphology.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <itkConnectedComponentImageFilter.h>
#include <itkImage.h>
#include <itkImportImageFilter.h>
#include <itkRelabelComponentImageFilter.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>
#include <itkSmoothingRecursiveGaussianImageFilter.h>

namespace fluoro {

namespace {

using ByteImage = itk::Image<std::uint8_t, 3>;
using FloatImage = itk::Image<float, 3>;
using LabelImage = itk::Image<std::uint32_t, 3>;

/// ITK's view of our values; they are not copied and must outlive it.
template <class Value>
typename itk::Image<Value, 3>::Pointer image_of(Lattice const& lattice, std::vector<Value> const& values)
{
    auto const import = itk::ImportImageFilter<Value, 3>::New();
    typename itk::ImportImageFilter<Value, 3>::SizeType size;
    typename itk::ImportImageFilter<Value, 3>::RegionType region;
    for (unsigned axis = 0; axis < 3; ++axis) size[axis] = itk::SizeValueType(lattice.size[int(axis)]);
    region.SetSize(size);
    import->SetRegion(region);
    itk::Vector<double, 3> spacing;
    spacing.Fill(lattice.spacing_mm);
    import->SetSpacing(spacing);
    // ITK's interface wants a writable pointer; the filters here do not write to their input.
    import->SetImportPointer(const_cast<Value*>(values.data()), values.size(), false);
    import->Update();
    return import->GetOutput();
}

template <class Filter> void run(Filter& filter)
{
    try {
        filter.Update();
    } catch (itk::ExceptionObject const& error) {
        throw Error{std::string{"an image filter failed: "} + error.GetDescription(), Error::Kind::failed};
    }
}

} // namespace

std::vector<float> depth_in(Lattice const& lattice, Mask const& mask)
{
    bool const has_inside = std::ranges::any_of(mask, [](auto m) { return m != 0; });
    bool const has_outside = std::ranges::any_of(mask, [](auto m) { return m == 0; });
    if (!has_inside || !has_outside) return std::vector<float>(mask.size(), has_inside ? 1e6f : -1e6f);
    auto const image = image_of(lattice, mask);
    auto const filter = itk::SignedMaurerDistanceMapImageFilter<ByteImage, FloatImage>::New();
    filter->SetInput(image);
    filter->SetSquaredDistance(false);
    filter->SetUseImageSpacing(true);
    filter->SetInsideIsPositive(true);
    filter->SetBackgroundValue(0);
    run(*filter);
    // ITK measures to the mask's outermost cubes from both sides; the edge is half a cube beyond their centres.
    float const* const first = filter->GetOutput()->GetBufferPointer();
    std::vector<float> depth(first, first + mask.size());
    for (float& d : depth) d += float(lattice.spacing_mm / 2);
    return depth;
}

Mask eroded(Lattice const& lattice, Mask const& mask, double by_mm)
{
    std::vector<float> const depth = depth_in(lattice, mask);
    Mask result(mask.size());
    for (std::size_t i = 0; i < mask.size(); ++i) result[i] = mask[i] != 0 && depth[i] >= by_mm;
    return result;
}

Mask dilated(Lattice const& lattice, Mask const& mask, double by_mm)
{
    std::vector<float> const depth = depth_in(lattice, mask);
    Mask result(mask.size());
    for (std::size_t i = 0; i < mask.size(); ++i) result[i] = mask[i] != 0 || depth[i] >= -by_mm;
    return result;
}

Parts parts_of(Lattice const& lattice, Mask const& mask, double least_mm3)
{
    auto const image = image_of(lattice, mask);
    auto const components = itk::ConnectedComponentImageFilter<ByteImage, LabelImage>::New();
    components->SetInput(image);
    auto const relabel = itk::RelabelComponentImageFilter<LabelImage, LabelImage>::New();
    relabel->SetInput(components->GetOutput());
    double const cube = lattice.spacing_mm * lattice.spacing_mm * lattice.spacing_mm;
    relabel->SetMinimumObjectSize(itk::SizeValueType(std::max(1.0, least_mm3 / cube)));
    run(*relabel);
    Parts parts;
    for (auto const size : relabel->GetSizeOfObjectsInPixels())
        if (parts.sizes.size() < 65000) parts.sizes.push_back(size);
    std::uint32_t const* const numbers = relabel->GetOutput()->GetBufferPointer();
    parts.number.resize(mask.size());
    for (std::size_t i = 0; i < mask.size(); ++i)
        parts.number[i] = numbers[i] <= parts.sizes.size() ? std::uint16_t(numbers[i]) : std::uint16_t(0);
    return parts;
}

Mask part(Parts const& parts, int number)
{
    Mask mask(parts.number.size());
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = parts.number[i] == number;
    return mask;
}

Mask filled_by_slice(Lattice const& lattice, Mask const& mask)
{
    Mask filled(mask.size(), 1);
    std::vector<glm::ivec2> stack;
    for (int k = 0; k < lattice.size.z; ++k) {
        auto const visit = [&](int i, int j) {
            if (i < 0 || j < 0 || i >= lattice.size.x || j >= lattice.size.y) return;
            std::size_t const at = lattice.index(i, j, k);
            if (mask[at] != 0 || filled[at] == 0) return;
            filled[at] = 0;
            stack.push_back({i, j});
        };
        for (int i = 0; i < lattice.size.x; ++i) visit(i, 0), visit(i, lattice.size.y - 1);
        for (int j = 0; j < lattice.size.y; ++j) visit(0, j), visit(lattice.size.x - 1, j);
        while (!stack.empty()) {
            glm::ivec2 const at = stack.back();
            stack.pop_back();
            visit(at.x - 1, at.y), visit(at.x + 1, at.y), visit(at.x, at.y - 1), visit(at.x, at.y + 1);
        }
    }
    return filled;
}

std::vector<float> smoothed(Lattice const& lattice, std::vector<float> const& values, double sigma_mm)
{
    // The recursive filter needs four cubes along each axis.
    if (std::min({lattice.size.x, lattice.size.y, lattice.size.z}) < 4) return values;
    auto const image = image_of(lattice, values);
    auto const filter = itk::SmoothingRecursiveGaussianImageFilter<FloatImage, FloatImage>::New();
    filter->SetInput(image);
    filter->SetSigma(sigma_mm);
    run(*filter);
    float const* const first = filter->GetOutput()->GetBufferPointer();
    return {first, first + values.size()};
}

} // namespace fluoro
