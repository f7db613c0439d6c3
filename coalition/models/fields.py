from django.db import models

from common import addresses


class CanonicalAddressField(models.CharField):
    """The canonical form of the address in another field, renewed whenever both are saved."""

    def __init__(self, *args, of, **kwargs):
        self.of = of
        # IDNA makes a domain longer.
        kwargs |= {"max_length": 2 * addresses.MAX_LENGTH, "editable": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["editable"]
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, row, add):
        setattr(row, self.attname, addresses.canonical(getattr(row, self.of)))
        return super().pre_save(row, add)
