#include "baked_table.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/material.hpp>
#include <fluoro_assets/materials.hpp>

namespace fluoro {
namespace {

std::vector<MassFraction> read_composition(std::string_view cell)
{
    std::vector<MassFraction> elements;
    for (auto const part : split(cell, ' ')) {
        auto const pair = split(part, ':');
        FLUORO_EXPECT(pair.size() == 2);
        elements.push_back({int(number(pair[0])), number(pair[1])});
    }
    return elements;
}

std::vector<Material> read_materials()
{
    std::vector<Material> library;
    for (auto const& row : read_baked_table(assets::materials).rows)
        library.push_back({std::string{row[0]}, number(row[1]), read_composition(row[2]), std::string{row[3]}});
    return library;
}

std::string names_of(std::vector<Material> const& library)
{
    std::string names;
    for (auto const& material : library) names += (names.empty() ? "" : ", ") + material.name;
    return names;
}

} // namespace

std::vector<Material> const& materials()
{
    static std::vector<Material> const library = read_materials();
    return library;
}

MaterialId find_material(std::string_view name)
{
    auto const& library = materials();
    auto const found = std::ranges::find(library, name, &Material::name);
    if (found == library.end())
        throw Error{"unknown material '" + std::string{name} +
                    "': its attenuation is not in the library; use one of: " + names_of(library)};
    return MaterialId{int(found - library.begin())};
}

Material const& material(MaterialId id)
{
    auto const& library = materials();
    auto const index = std::size_t(id);
    FLUORO_EXPECT(index < library.size());
    return library[index];
}

} // namespace fluoro
