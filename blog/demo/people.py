"""The people of the demo: invented names from many places, with addresses that can't exist."""

from dataclasses import dataclass

DOMAIN = "@demo.invalid"  # RFC 2606: no mail ever arrives there, so an address in it marks a demo account


@dataclass(frozen=True)
class Person:
    """An account of the demo; the key is what stands before the @."""

    key: str
    first_name: str
    last_name: str = ""

    @property
    def email(self):
        return self.key + DOMAIN


AUTHORS = (
    Person("ximena", "Ximena", "Arrizabal"),
    Person("nikhil", "Nikhil", "Deshmane"),
    Person("leila", "Leila", "Farahzad"),
    Person("teun", "Teun", "Hoekman"),
    Person("haruka", "Haruka", "Minowa"),
    Person("amara", "Amara", "Oduya"),
    Person("ruth", "Ruth", "Penhallow"),
    Person("tomasz", "Tomasz", "Wilkowiak"),
)
READERS = (
    Person("abena", "Abena", "Sarkodee"),
    Person("aino", "Aino", "Kettuniemi"),
    Person("anh", "Ánh", "Trịnh"),
    Person("bilal", "Bilal", "Qadirov"),
    Person("brannagh", "Síle", "O’Brannagh"),
    Person("chinwe", "Chinwe", "Azubike"),
    Person("dragana", "Dragana", "Vukelj"),
    Person("emeka", "Emeka"),
    Person("fatou", "Fatou", "Diabira"),
    Person("gudrun", "Guðrún", "Hallvarðsdóttir"),
    Person("henrik", "Henrik", "Aasvold"),
    Person("ioana", "Ioana", "Crăciunel"),
    Person("jonah", "Jonah", "Whitlock-Reyes"),
    Person("katya", "Katya", "Lozovik"),
    Person("liwei", "Liwei", "Ouyang"),
    Person("manaaki", "Manaaki", "Tuhoro"),
    Person("marguerite", "Marguerite", "Desormais"),
    Person("noor", "Noor", "van Leusden"),
    Person("osman", "Osman", "Kırlangıç"),
    Person("pilar", "Pilar", "Quintavalle"),
    Person("rosalind", "Rosalind", "Ackerby"),
    Person("sanjana", "Sanjana", "Murthykar"),
    Person("tjeerd", "Tjeerd", "Postmolen"),
    Person("wren", "Wren"),
)
